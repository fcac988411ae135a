package proxycore

import "sync"

const (
	// leastBudget is how many retries a group may always have saved up.
	leastBudget = 3
	// budgetShare is what every request adds, and what of the requests in flight may be saved up.
	budgetShare = 0.2
)

// budget limits the attempts that follow a failure at an upstream that has itself just failed, so that a group whose
// upstream is down asks it at most a fifth more often than its clients do.
type budget struct {
	mu       sync.Mutex // guards tokens and inFlight
	tokens   float64
	inFlight int
}

// enter counts a request in; leave must follow.
func (b *budget) enter() {
	b.mu.Lock()
	b.inFlight++
	b.tokens = min(b.tokens+budgetShare, max(leastBudget, budgetShare*float64(b.inFlight)))
	b.mu.Unlock()
}

func (b *budget) leave() {
	b.mu.Lock()
	b.inFlight--
	b.mu.Unlock()
}

// spend reports whether one more such attempt may be made, and takes it off.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
