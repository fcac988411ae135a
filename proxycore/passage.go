package proxycore

const (
	wholeCopyBytes  = 32 << 10
	fastStreamBytes = 4 << 10
	slowStreamBytes = 1 << 10
	// slowPieces is how many small pieces in a row show that a stream is slow.
	slowPieces = 4
)

// passage is the buffer that an answer goes through. A stream that comes in a few words at a time stays open for long, and
// thousands do: it keeps a small one.
type passage struct {
	memory *memory
	buffer *[]byte
	// small counts the pieces in a row that a small buffer would have held.
	small int
}

// open gets an answer of that length a buffer; -1 is of no length known.
func (p *passage) open(streaming bool, length int64) {
	size := int64(wholeCopyBytes)
	switch {
	case streaming:
		size = fastStreamBytes
	case length >= 0:
		size = min(max(length, 1), wholeCopyBytes)
	}
	p.buffer = p.memory.get(int(size))
}

func (p *passage) close() { p.memory.put(p.buffer) }

// fit changes the buffer to what a stream's last piece, of n bytes, shows it to need.
func (p *passage) fit(n int) {
	if n < slowStreamBytes {
		p.small++
	} else {
		p.small = 0
	}
	switch size := len(*p.buffer); {
	case p.small == slowPieces && size > slowStreamBytes:
		p.change(slowStreamBytes)
	case n == size && size < fastStreamBytes:
		p.change(fastStreamBytes)
	}
}

func (p *passage) change(size int) {
	p.close()
	p.buffer = p.memory.get(size)
}
