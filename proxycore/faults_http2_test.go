package proxycore_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// Frames, flags and errors of RFC 9113 that the stories need.
const (
	frameData, frameHeaders, frameReset, frameSettings, framePing, frameGoAway = 0, 1, 3, 4, 6, 7

	endStream, endHeaders, acknowledged = 1, 4, 1

	noError, internalError, refusedStream, enhanceYourCalm = 0, 2, 7, 11
)

// framer is the server's side of one HTTP/2 connection, spoken frame by frame.
type framer struct {
	*actor
	mu sync.Mutex // guards writing
}

func (f *framer) frame(kind, flags byte, stream uint32, payload ...byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	f.pour(append(binary.BigEndian.AppendUint32(head, stream), payload...))
}

func (f *framer) resetStream(stream, code uint32) {
	f.frame(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code)...)
}

// goAway says that no stream after last was looked at.
func (f *framer) goAway(last, code uint32) {
	f.frame(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code)...)
}

// begin answers with status 200, the eighth entry of HPACK's static table (RFC 7541, appendix A).
func (f *framer) begin(stream uint32) { f.frame(frameHeaders, endHeaders, stream, 0x88) }

func (f *framer) data(stream uint32, text string, flags byte) {
	f.frame(frameData, flags, stream, []byte(text)...)
}

func (f *framer) answerOK(stream uint32) {
	f.begin(stream)
	f.data(stream, goodAnswer, endStream)
}

// openFramed is an upstream over TLS that speaks HTTP/2; answer is called for each request that came whole, with its number.
func openFramed(t *testing.T, answer func(f *framer, stream uint32, number int)) (url string, options proxycore.Options, asked func() int) {
	t.Helper()
	names.set("framed.test", net.IPv4(127, 0, 0, 1))
	cert := certified(t, "framed.test", time.Now().Add(time.Hour), nil)
	roots := x509.NewCertPool()
	roots.AddCert(cert.Leaf)
	var mu sync.Mutex
	number := 0
	up := openStage(t, func(a *actor) {
		c := tls.Server(a.Conn, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
		a.Conn = c
		f := &framer{actor: a}
		var preface [24]byte
		if _, err := io.ReadFull(c, preface[:]); err != nil {
			return
		}
		f.frame(frameSettings, 0, 0)
		for {
			var head [9]byte
			if _, err := io.ReadFull(c, head[:]); err != nil {
				return
			}
			payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
			if _, err := io.ReadFull(c, payload); err != nil {
				return
			}
			stream := binary.BigEndian.Uint32(head[5:])
			switch kind, flags := head[3], head[4]; {
			case kind == frameSettings && flags&acknowledged == 0:
				f.frame(frameSettings, acknowledged, 0)
			case kind == framePing && flags&acknowledged == 0:
				f.frame(framePing, acknowledged, 0, payload...)
			case (kind == frameData || kind == frameHeaders) && flags&endStream != 0:
				mu.Lock()
				number++
				n := number
				mu.Unlock()
				answer(f, stream, n)
			}
		}
	})
	_, port, _ := net.SplitHostPort(up.Addr().String())
	return "https://framed.test:" + port, proxycore.Options{TLS: &tls.Config{RootCAs: roots}}, func() int {
		mu.Lock()
		defer mu.Unlock()
		return number
	}
}

// refusals are what HTTP/2 says instead of an answer.
var refusals = map[string]func(f *framer, stream uint32){
	"RST_STREAM, refused":        func(f *framer, stream uint32) { f.resetStream(stream, refusedStream) },
	"RST_STREAM, internal error": func(f *framer, stream uint32) { f.resetStream(stream, internalError) },
	"RST_STREAM, calm":           func(f *framer, stream uint32) { f.resetStream(stream, enhanceYourCalm) },
	"GOAWAY":                     func(f *framer, _ uint32) { f.goAway(0, noError) },
	"GOAWAY, calm":               func(f *framer, _ uint32) { f.goAway(0, enhanceYourCalm); f.Close() },
	"a connection that ends":     func(f *framer, _ uint32) { f.Close() },
}

func TestU27_ARefusedStreamIsAskedElsewhere(t *testing.T) {
	for name, refuse := range refusals {
		t.Run(name, func(t *testing.T) {
			url, options, asked := openFramed(t, func(f *framer, stream uint32, number int) {
				if number == 1 {
					refuse(f, stream)
					return
				}
				f.answerOK(stream)
			})
			r := newRig(t, options, groupAt(t, 3, url))
			got := r.chat()
			r.wantStatus(got, 200)
			if got.body != goodAnswer || asked() != 2 {
				t.Errorf("asked %d times: %q", asked(), got.body)
			}
			if rec := r.final(t); rec.Outcome != proxycore.OK || rec.Charged != proxycore.ChargedNobody {
				t.Errorf("record %+v", rec)
			}
			r.wantNeutral(3)
		})
	}
}

func TestU27_WhatMayHaveBeenExecutedIsAskedOnce(t *testing.T) {
	for _, name := range []string{"RST_STREAM, internal error", "a connection that ends"} {
		t.Run(name, func(t *testing.T) {
			url, options, asked := openFramed(t, func(f *framer, stream uint32, _ int) { refusals[name](f, stream) })
			r := newRig(t, options, groupAt(t, 3, url))
			got := r.do(r.request("POST", "/v1/batches", `{"input_file_id":"file-1"}`))
			r.wantStatus(got, 502)
			if !strings.Contains(got.body, "may have been executed") || asked() != 1 {
				t.Errorf("asked %d times: %s", asked(), got.body)
			}
			r.wantFinal(proxycore.UpstreamError, proxycore.ChargedUpstream, 1)
			r.wantNeutral(3)
		})
	}
}

func TestU27_OneStreamsEndLeavesTheOthersAlive(t *testing.T) {
	finish := make(chan struct{})
	url, options, _ := openFramed(t, func(f *framer, stream uint32, number int) {
		switch number {
		case 1:
			f.begin(stream)
			f.data(stream, "data: 1\n\n", 0)
			f.stage.done.Go(func() {
				<-finish
				f.data(stream, "data: 2\n\n", endStream)
			})
		case 2:
			f.begin(stream)
			f.data(stream, "half of", 0)
			f.resetStream(stream, internalError)
		case 3:
			f.resetStream(stream, internalError)
		default:
			f.answerOK(stream)
		}
	})
	r := newRig(t, options, groupAt(t, 4, url))
	long := r.caller()
	long.ask(post(streamBody))
	if line, err := long.reader.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("%q %v", line, err)
	}
	if got := r.chat(); got.err == nil {
		t.Errorf("half an answer passes for a whole one: %+v", got)
	}
	r.wantStatus(r.chat(), 200)
	close(finish)
	if rest, err := long.reader.ReadString('2'); err != nil || !strings.Contains(rest, "data: 1\n\n") {
		t.Errorf("the living stream: %q %v", rest, err)
	}
	long.Close()
	r.finals(t, 3)
	r.wantNeutral(4)
}
