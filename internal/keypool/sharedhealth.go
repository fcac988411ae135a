package keypool

import (
	"context"
	"log/slog"
	"time"

	"roundhouse/internal/cluster"
	"roundhouse/proxycore"
)

// NodeHealth is what this node's data plane knows of keys.
type NodeHealth interface {
	Health
	// Hear takes what another node's data plane said, and reports whether the key became a suspect by it.
	Hear(proxycore.Verdict) (suspect bool)
}

// SharedHealthOptions are what a SharedHealth needs.
type SharedHealthOptions struct {
	Here NodeHealth
	Bus  cluster.Bus
	// Node is this node's number.
	Node int
	// Validate asks for a validation of suspects. It must not block.
	Validate func(groupID int64, keyIDs []int64)
	Logger   *slog.Logger
}

// SharedHealth is the health of keys on every node of a cluster: what befalls a key here is told to the others, and what they
// tell reaches the data plane here. What is lost on the way a node finds out by itself. Use NewSharedHealth.
type SharedHealth struct {
	NodeHealth
	node     int
	validate func(groupID int64, keyIDs []int64)
	post     *cluster.Post[befallen]
}

var _ Health = (*SharedHealth)(nil)

// befallen is what a node tells of a key: a verdict, or that it was restored. That it left rotation is not told: other nodes'
// next snapshots say so, and what a snapshot says cannot get lost.
type befallen struct {
	GroupID  int64                 `json:"group"`
	KeyID    int64                 `json:"key"`
	Verdict  proxycore.VerdictKind `json:"verdict,omitempty"`
	Restored bool                  `json:"restored,omitempty"`
	// For is how long the key cools; Model and Guess are the verdict's.
	For   time.Duration `json:"for,omitempty"`
	Model string        `json:"model,omitempty"`
	Guess bool          `json:"guess,omitempty"`
}

// NewSharedHealth returns a SharedHealth that hears at once and tells while it runs.
func NewSharedHealth(o SharedHealthOptions) *SharedHealth {
	s := &SharedHealth{
		NodeHealth: o.Here, node: o.Node, validate: o.Validate,
		post: cluster.NewPost[befallen](o.Bus, "keys", o.Logger),
	}
	s.post.Hear(s.hear)
	return s
}

// Run tells other nodes until ctx ends.
func (s *SharedHealth) Run(ctx context.Context) error { return s.post.Run(ctx) }

// Judge tells the others what the data plane here says of a key. It does not block.
func (s *SharedHealth) Judge(v proxycore.Verdict) {
	if v.Kind == proxycore.Starved {
		return // every node notices by itself, and asks for no more than a sample a minute
	}
	b := befallen{GroupID: v.GroupID, KeyID: v.KeyID, Verdict: v.Kind}
	if v.Kind == proxycore.Cool {
		b.For, b.Model, b.Guess = v.Until.Sub(v.At), v.Model, v.Guess
	}
	s.post.Send(b)
}

// Restore implements Health, on every node.
func (s *SharedHealth) Restore(groupID, keyID int64) {
	s.NodeHealth.Restore(groupID, keyID)
	s.post.Send(befallen{GroupID: groupID, KeyID: keyID, Restored: true})
}

// Cool implements Health, on every node.
func (s *SharedHealth) Cool(groupID, keyID int64, until time.Time) {
	s.NodeHealth.Cool(groupID, keyID, until)
	s.post.Send(befallen{GroupID: groupID, KeyID: keyID, Verdict: proxycore.Cool, For: time.Until(until)})
}

// hear puts in force here what another node told.
func (s *SharedHealth) hear(b befallen) {
	if b.Restored {
		s.NodeHealth.Restore(b.GroupID, b.KeyID)
		return
	}
	now := time.Now()
	if s.Hear(proxycore.Verdict{
		Kind: b.Verdict, GroupID: b.GroupID, KeyID: b.KeyID, At: now, Until: now.Add(b.For), Model: b.Model, Guess: b.Guess,
	}) {
		s.stepIn(b.GroupID, b.KeyID)
	}
}

const (
	// turn is how long a node waits for another to validate a suspect of which it only heard, times its place among them: one
	// validation is enough, and whoever should do it may have died.
	turn   = 500 * time.Millisecond
	places = 8
)

// stepIn asks for a validation later, should the key still be a suspect then.
func (s *SharedHealth) stepIn(groupID, keyID int64) {
	time.AfterFunc(time.Duration(1+s.node%places)*turn, func() {
		if s.KeyState(groupID, keyID).Suspect {
			s.validate(groupID, []int64{keyID})
		}
	})
}
