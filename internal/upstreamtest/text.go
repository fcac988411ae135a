package upstreamtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// epoch is the birthday of every object: answers to equal requests are equal.
const epoch = 1767225600 // 2026-01-01T00:00:00Z

// id is made of the request, so that the same request gets the same id again.
func (x *exchange) id(prefix string) string {
	sum := sha256.Sum256(append([]byte(prefix+x.r.URL.Path), x.body...))
	return prefix + hex.EncodeToString(sum[:12])
}

// objectID names something that is kept: multipart boundaries are random, so it counts instead of looking at the body.
func (x *exchange) objectID(prefix string) string {
	return fmt.Sprintf("%s%08d", prefix, x.record.Number)
}

// requestID is a new one for each request, as a provider's is.
func (x *exchange) requestID() string { return fmt.Sprintf("req_%08d", x.record.Number) }

// words is the text of an answer to a prompt, in pieces as a model would make them. It has characters of two, three and
// four bytes, so that a stream can be cut inside of each.
func (x *exchange) words(prompt string) []string {
	pieces := []string{"You", " said", ": ", prompt, " – ", "grüße", ", ", "世界", " ", "🚀", "."}
	if x.answer.Words > 0 {
		pieces = pieces[:0]
		for i := range x.answer.Words {
			pieces = append(pieces, fmt.Sprintf("wörd%d ", i))
		}
	}
	return pieces
}

// tokens is how many tokens a text counts here: its words.
func tokens(text string) int { return len(strings.Fields(text)) }

// vector is a text's embedding: eight numbers that single precision holds exactly.
func vector(text string, dimensions int) []float32 {
	if dimensions == 0 {
		dimensions = 8
	}
	sum := sha256.Sum256([]byte(text))
	numbers := make([]float32, dimensions)
	for i := range numbers {
		numbers[i] = float32(int(sum[i%len(sum)])-128) / 128
	}
	return numbers
}

func bearer(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}
