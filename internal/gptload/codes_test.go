package gptload

import (
	"strings"
	"testing"
)

func TestFailoverCodesLoseWhatSpeaksOfTheRequest(t *testing.T) {
	for name, c := range map[string]struct{ codes, text, lost, fault string }{
		"none":                     {"", "", "", ""},
		"the default":              {"400-403,405-999", "default", "", ""},
		"the default, other words": {"405 - 999\n400,401,402-403", "default", "", ""},
		"one of three":             {"429,400,500-599", "429,500-599", "400", ""},
		"all, cut out of a range":  {"399-423", "399,401-403,405-421,423", "400 404 422", ""},
		"nothing to lose":          {"401-403, 429", "401-403,429", "", ""},
		"a word":                   {"401,many", "", "", `"many" is no status`},
		"out of bounds":            {"99-200", "", "", `"99-200" is no status`},
		"backwards":                {"500-400", "", "", `"500-400" is no status`},
	} {
		t.Run(name, func(t *testing.T) {
			text, lost, standard, err := carried(c.codes)
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("got %v", err)
				}
				return
			}
			if standard {
				text = "default"
			}
			if err != nil || text != c.text || strings.Join(lost, " ") != c.lost {
				t.Errorf("%q lost %v, %v", text, lost, err)
			}
		})
	}
}
