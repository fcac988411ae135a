package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// play makes requests up, the same ones for the same cast: more by day than by night, most of them well, some not.
type play struct {
	cast    []troupe
	callers []actor
	chance  *rand.Rand
	began   time.Time
	// until[i] is how large a part of all requests came before the end of minute i.
	until    []float64
	requests int
	minute   int
}

func newPlay(cast []troupe, callers []actor, now time.Time, requests, days int) *play {
	p := &play{cast: cast, callers: callers, chance: rand.New(rand.NewPCG(1, 2)), requests: requests, began: now.Truncate(time.Minute).Add(-time.Duration(days) * 24 * time.Hour)}
	sum := 0.0
	for m := range days * 24 * 60 {
		sum += p.crowd(p.began.Add(time.Duration(m) * time.Minute))
		p.until = append(p.until, sum)
	}
	for m := range p.until {
		p.until[m] /= sum
	}
	return p
}

// crowd is how many people are at work: a day's curve by the local clock, a quieter weekend, and some unrest.
func (p *play) crowd(at time.Time) float64 {
	hour := float64(at.Hour()) + float64(at.Minute())/60
	day := 0.35 + math.Max(0, math.Sin((hour-6)/24*2*math.Pi)) + 0.3*math.Max(0, math.Sin((hour-8)/6*math.Pi))
	if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		day *= 0.45
	}
	return day * (0.85 + 0.3*p.chance.Float64())
}

// request makes the i-th request up: its attempts, the last one final.
func (p *play) request(i int) []proxycore.Record {
	part := (float64(i) + 0.5) / float64(p.requests)
	for p.minute < len(p.until)-1 && p.until[p.minute] < part {
		p.minute++
	}
	at := p.began.Add(time.Duration(p.minute)*time.Minute + time.Duration(p.chance.IntN(60_000))*time.Millisecond)
	t := &p.cast[p.pick(len(p.cast))]
	record := proxycore.Record{
		RequestID: fmt.Sprintf("%016x%016x", p.chance.Uint64(), p.chance.Uint64()),
		Final:     true, AttemptNumber: 1, GroupID: t.id, GroupName: t.name, Dialect: t.dialect,
		Model: t.models[p.pick(len(t.models))], Method: "POST", Upstream: t.upstream,
		Stream: p.chance.IntN(3) > 0, ClientIP: fmt.Sprintf("10.0.%d.%d", p.pick(4), 1+p.pick(40)), UserAgent: "OpenAI/Python 1.93.0",
		StatusCode: 200, Outcome: proxycore.OK, Charged: proxycore.ChargedNobody, RequestBytes: int64(400 + p.chance.IntN(9000)),
	}
	caller := p.callers[p.pick(len(p.callers))]
	record.ProxyKeyID, record.ProxyKeyFingerprint = caller.id, caller.fingerprint
	record.Path = pathOf(t.dialect, record.Model)
	var attempts []proxycore.Record
	if p.chance.IntN(40) == 0 {
		failed := record
		failed.Final = false
		p.spoil(&failed, p.chance.IntN(3))
		p.time(&failed, at, t)
		attempts = append(attempts, failed)
		record.AttemptNumber = 2
		at = failed.Ended
	}
	if unlucky := p.chance.IntN(1000); unlucky < 30 {
		p.spoil(&record, unlucky%6)
	}
	p.time(&record, at, t)
	return append(attempts, record)
}

// pick is a number below n, low ones oftener.
func (p *play) pick(n int) int {
	return int(float64(n) * math.Pow(p.chance.Float64(), 1.8))
}

// spoil lets an attempt end badly, in one of six ways; the first three are those that are tried elsewhere.
func (p *play) spoil(r *proxycore.Record, way int) {
	switch way {
	case 0:
		r.StatusCode, r.Outcome, r.Charged, r.Cooled = 429, proxycore.RateLimited, proxycore.ChargedKey, 20*time.Second
		r.Error = "429: Rate limit reached for requests"
	case 1:
		r.StatusCode, r.Outcome, r.Charged = 503, proxycore.UpstreamError, proxycore.ChargedUpstream
		r.Error = "503: The server is overloaded or not ready yet"
	case 2:
		r.StatusCode, r.Outcome, r.Charged = 401, proxycore.KeyError, proxycore.ChargedKey
		r.Error = "401: Incorrect API key provided"
	case 3:
		r.StatusCode, r.Outcome, r.Charged = 400, proxycore.Refused, proxycore.ChargedNobody
		r.Error = "400: max_tokens is too large"
	case 4:
		r.StatusCode, r.Outcome, r.Charged = 499, proxycore.ClientAbort, proxycore.ChargedNobody
	default:
		r.StatusCode, r.Outcome, r.Charged = 504, proxycore.Timeout, proxycore.ChargedUpstream
		r.Error = "no byte of an answer within 20 s"
	}
}

// time says how long an attempt that began then took, by which key it went, and what it cost.
func (p *play) time(r *proxycore.Record, at time.Time, t *troupe) {
	key := t.keys[p.pick(len(t.keys))]
	r.KeyID, r.KeyFingerprint = key.id, key.fingerprint
	r.Started = at
	r.Header = time.Duration(120+200*math.Exp(p.chance.NormFloat64()*0.6)) * time.Millisecond
	r.FirstByte = r.Header + time.Millisecond
	took := r.FirstByte
	if r.Outcome == proxycore.OK {
		took += time.Duration(900*math.Exp(p.chance.NormFloat64()*0.7)) * time.Millisecond
		r.Usage = dialect.Usage{Known: true, Input: int64(200 + 900*math.Exp(p.chance.NormFloat64())), Output: int64(40 + 180*math.Exp(p.chance.NormFloat64()*0.8))}
		r.Usage.Cached = r.Usage.Input * int64(p.chance.IntN(70)) / 100
		r.ResponseBytes = r.Usage.Output * 9
	}
	if p.chance.IntN(8) == 0 {
		r.Connect = time.Duration(12+p.chance.IntN(40)) * time.Millisecond
	}
	r.Ended = at.Add(took)
}

func pathOf(d dialect.Name, model string) string {
	switch d {
	case dialect.OpenAIResponses:
		return "/v1/responses"
	case dialect.Anthropic:
		return "/v1/messages"
	case dialect.Gemini:
		return "/v1beta/models/" + model + ":generateContent"
	}
	return "/v1/chat/completions"
}
