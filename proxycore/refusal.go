package proxycore

import (
	"net/http"
	"time"

	"roundhouse/proxycore/dialect"
)

// refusal is an answer of our own.
type refusal struct {
	code       dialect.Code
	message    string
	outcome    Outcome
	charged    Charged
	retryAfter time.Duration
	// noRetry tells SDKs that repeating is of no use.
	noRetry bool
	// detail is for the record alone; the message stands there when it is empty.
	detail string
	// header is set on the answer; nil sets none.
	header http.Header
	// silent writes no more than a status: nobody is there to read it.
	silent bool
}

func (r *refusal) Error() string {
	if r.detail != "" {
		return r.detail
	}
	return r.message
}

// statusClientGone is what records say of a client that left before it was answered, after nginx's custom.
const statusClientGone = 499

// soon is how soon a key must be back for a client to be asked to try again.
const soon = time.Minute

// validationTime is about how long it takes until a validation has said whether a suspect may be asked again.
const validationTime = 5 * time.Second

func refuse(code dialect.Code, outcome Outcome, message string) *refusal {
	return &refusal{code: code, outcome: outcome, message: message, charged: ChargedNobody}
}

// clientGone is no answer: the client left, or broke its own body off.
func clientGone(detail string) *refusal {
	return &refusal{outcome: ClientAbort, charged: ChargedClient, message: "the client went away", detail: detail, silent: true}
}

func shuttingDown() *refusal {
	r := refuse(dialect.CodeShuttingDown, Shutdown, "The gateway is shutting down.")
	r.retryAfter = time.Second
	return r
}

// refuse answers with a refusal in the dialect's shape, and remembers it for the record.
func (x *exchange) refuse(r *refusal) {
	x.last.outcome, x.last.charged, x.last.err = r.outcome, r.charged, r.Error()
	x.giveTime(time.Now())
	if r.silent {
		// A client that closed only its half still reads, and must not see an empty 200.
		x.last.status = statusClientGone
		x.w.Header().Set("Connection", "close")
		x.w.WriteHeader(statusClientGone)
		return
	}
	x.last.status = r.code.Status()
	for name, values := range r.header {
		x.w.Header()[name] = values
	}
	dialect.WriteError(x.w, x.dialect(), dialect.Problem{
		Code: r.code, Message: r.message, RequestID: x.id, RetryAfter: r.retryAfter, NoRetry: r.noRetry,
	})
}

// dialect is the shape of our errors: the group's, or as the proxy key was carried while the group is not settled.
func (x *exchange) dialect() dialect.Dialect {
	if x.asked != nil {
		return x.asked.dialect
	}
	return dialect.ForCarrier(x.carrier)
}
