package probe

import (
	"context"
	"errors"
	"sync"
)

// Told is what became of one of many keys. Err says that nothing was found out: it wraps ErrGone when there was no such key.
type Told struct {
	KeyID   int64
	Verdict Verdict
	Err     error
}

// ValidateMany tries the keys of a group that ids yields, as many at once as the group allows, sets their status by the answers
// and tells each, one at a time. It returns when all are told, or soon after ctx ends; the error then is the context's.
func (p *Prober) ValidateMany(ctx context.Context, groupID int64, ids <-chan int64, tell func(Told)) error {
	plan, err := p.plan(ctx, groupID)
	if err != nil {
		return err
	}
	var telling sync.Mutex
	var workers sync.WaitGroup
	for range max(plan.Concurrency, 1) {
		workers.Go(func() {
			for id := range ids {
				told := p.validateOne(ctx, id, plan)
				if ctx.Err() != nil && told.Err != nil {
					continue // the key was not tried to the end
				}
				telling.Lock()
				tell(told)
				telling.Unlock()
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

func (p *Prober) validateOne(ctx context.Context, id int64, plan Plan) Told {
	if ctx.Err() != nil {
		return Told{KeyID: id, Err: ctx.Err()}
	}
	key, err := p.keys.Plain(ctx, id)
	if err != nil {
		return Told{KeyID: id, Err: err}
	}
	verdict, err := p.try(ctx, key, plan, "")
	return Told{KeyID: id, Verdict: verdict, Err: err}
}

// Gone is the reason of a key that was not there any more.
const Gone = "GONE"

// Reason names in one word why a key was not found valid; empty when it was.
func (t Told) Reason() string {
	switch {
	case t.Err == nil && t.Verdict.OK:
		return ""
	case errors.Is(t.Err, ErrGone):
		return Gone
	case t.Err != nil:
		return "FAILED"
	case t.Verdict.StatusCode == 0:
		return "UNREACHABLE"
	case t.Verdict.Finding == Dead && t.Verdict.StatusCode == 403:
		return "FORBIDDEN"
	case t.Verdict.Finding == Dead && t.Verdict.StatusCode == 401:
		return "UNAUTHORIZED"
	case t.Verdict.Finding == Dead:
		return "VALIDATION_FAILED"
	case t.Verdict.Finding == Known:
		return "REQUEST_REFUSED"
	}
	return "UPSTREAM_ERROR"
}
