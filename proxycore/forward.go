package proxycore

import (
	"io"
	"maps"
	"net/http"
	"strings"
)

// forward asks for an answer and passes it on. It panics with http.ErrAbortHandler when the answer breaks off, so that the
// client sees it broken.
//
// It stands for httputil.ReverseProxy: DESIGN.md says why.
func (x *exchange) forward() {
	res, err := x.ask()
	if err != nil {
		x.fail(err)
		return
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		x.join(res)
		return
	}
	x.answer(res)
	announced := len(res.Trailer)
	if announced > 0 {
		x.w.Header().Add("Trailer", strings.Join(names(res.Trailer), ", "))
	}
	if x.flow.length < 0 {
		// Else net/http would invent a length for what is short.
		x.w.Header()["Transfer-Encoding"] = []string{"chunked"}
	}
	x.w.WriteHeader(res.StatusCode)
	if err := x.pour(); err != nil {
		defer x.flow.Close()
		panic(http.ErrAbortHandler)
	}
	_ = x.flow.Close()
	x.passTrailer(res.Trailer, announced)
}

// outgoing is the request as it leaves, but for where to and with which key. Its header is its own: an attempt before may still
// be writing. The values in it are shared, and replaced where they change.
func (x *exchange) outgoing() *http.Request {
	h := maps.Clone(x.in.Header)
	asOneHop(h)
	x.strip(h)
	inventNoAgent(h)
	return &http.Request{Method: x.in.Method, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h}
}

// pour passes the body on: a stream's header soon and each piece at once, as well as what has no length, which may be a stream
// that does not say so.
func (x *exchange) pour() error {
	client := http.NewResponseController(x.w)
	p := passage{memory: &x.gateway.memory}
	p.open(x.streaming, x.flow.length)
	defer p.close()
	var header *lateHeader
	if x.streaming {
		header = sendLate(client)
	}
	for {
		n, err := x.flow.Read(*p.buffer)
		if header != nil {
			header.meet()
			header = nil
		}
		if n > 0 {
			if _, err := x.w.Write((*p.buffer)[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case x.streaming || x.flow.length < 0:
			if err := client.Flush(); err != nil {
				return err
			}
		}
		if x.streaming {
			p.fit(n)
		}
	}
}

// passTrailer passes on what came behind the body, which may be more than was announced before it.
func (x *exchange) passTrailer(trailer http.Header, announced int) {
	if len(trailer) == 0 {
		return
	}
	prefix := http.TrailerPrefix
	if len(trailer) == announced {
		prefix = ""
	}
	for name, values := range trailer {
		for _, value := range values {
			x.w.Header().Add(prefix+name, scrubText(value, x.attempt.key()))
		}
	}
}

// passInformational passes on the 1xx answers that came before the one the client gets. What our own answer says already waits.
func (x *exchange) passInformational() {
	if x.attempt.wire == nil || len(x.attempt.wire.informational) == 0 {
		return
	}
	h := x.w.Header()
	own := maps.Clone(h)
	for _, one := range x.attempt.wire.informational {
		maps.Copy(h, one.header)
		x.w.WriteHeader(one.status)
		clear(h)
		maps.Copy(h, own)
	}
}

func names(h http.Header) []string {
	all := make([]string, 0, len(h))
	for name := range h {
		all = append(all, name)
	}
	return all
}
