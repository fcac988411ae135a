package requestlog

import (
	"fmt"
	"strconv"
	"time"
)

// cells reads one row's values one after the other, as whichever driver gives them: integers, truths and texts, each of them
// as text too. What is NULL reads as the zero value.
type cells struct {
	values []any
	at     int
	// err is the first value that was of no such kind.
	err error
}

func (c *cells) next() any {
	c.at++
	return c.values[c.at-1]
}

// none says whether the next value is NULL, without reading it.
func (c *cells) none() bool { return c.values[c.at] == nil }

func (c *cells) number() int64 {
	switch v := c.next().(type) {
	case nil:
		return 0
	case int64:
		return v
	case []byte:
		return c.parse(string(v))
	default:
		return c.parse(fmt.Sprint(v))
	}
}

func (c *cells) parse(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n
}

func (c *cells) truth() bool {
	if v, ok := c.values[c.at].(bool); ok {
		c.at++
		return v
	}
	return c.number() != 0
}

func (c *cells) text() string {
	switch v := c.next().(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	default:
		if c.err == nil {
			c.err = fmt.Errorf("%T is no text", v)
		}
		return ""
	}
}

// reached is negative when the attempt never came so far, as in a record.
func (c *cells) reached() time.Duration {
	if c.none() {
		c.at++
		return -1
	}
	return ms(c.number())
}
