package keypool

import (
	"log/slog"
	"sync"
	"time"

	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/event"
	"roundhouse/internal/seal"
	"roundhouse/proxycore"
)

// Health is what the data plane knows of a key by the second, and how an administrator's word or a validation's answer
// reaches it at once, before the next snapshot does.
type Health interface {
	// Restore wipes a key's charges, resting, cooling and suspicion.
	Restore(groupID, keyID int64)
	// Withdraw takes a key out of rotation.
	Withdraw(groupID, keyID int64)
	// Cool makes a key wait out a rate limit, for every model.
	Cool(groupID, keyID int64, until time.Time)
	// KeyState tells, among others, whether the key is a suspect.
	KeyState(groupID, keyID int64) proxycore.KeyState
}

// Options are what a Pool needs.
type Options struct {
	DB     *database.DB
	Box    *seal.Box
	Health Health
	// Changed is told after keys of a group went into or out of rotation. It must not block.
	Changed func(groupID int64)
	// Validate asks for a validation of keys that are suspects, or, when keyIDs is nil, of a few keys of a group that has
	// none to offer. It must not block.
	Validate func(groupID int64, keyIDs []int64)
	// Fence is for decisions, some of which the leader alone makes.
	Fence database.Fence
	// Bus tells viewers at other nodes which keys changed.
	Bus    cluster.Bus
	Logger *slog.Logger
}

// Pool keeps the keys' rows. Use New.
type Pool struct {
	db       *database.DB
	box      *seal.Box
	health   Health
	changed  func(groupID int64)
	validate func(groupID int64, keyIDs []int64)
	fence    database.Fence
	log      *slog.Logger
	changes  *event.Hub[Change]
	news     *cluster.Post[touched]
	// lookFor is how long keys are looked through for what no index finds.
	lookFor time.Duration

	// wake says that verdicts came, hurry that a decision did.
	wake, hurry chan struct{}

	// seen are the groups' revisions at the last look for changes of other nodes; Run's alone.
	seen map[int64]int64

	mu sync.Mutex // guards what follows
	// verdicts holds the newest verdict of each key until it is written, by group and key.
	verdicts map[int64]map[int64]told
	asked    []*asked
}

// New returns a pool; Run makes it write what Judge and Decide bring.
func New(o Options) *Pool {
	p := &Pool{
		db: o.DB, box: o.Box, health: o.Health, changed: o.Changed, validate: o.Validate, fence: o.Fence, log: o.Logger,
		lookFor:  lookAtMost,
		changes:  event.NewHub[Change](),
		news:     cluster.NewPost[touched](o.Bus, "key-changes", o.Logger),
		wake:     make(chan struct{}, 1),
		hurry:    make(chan struct{}, 1),
		verdicts: map[int64]map[int64]told{},
	}
	p.news.Hear(p.show)
	return p
}

// batch is how many rows one statement touches: more would take longer than it saves, and SQLite's driver binds parameters
// in quadratic time.
const batch = 100

// hold is about how long one transaction may keep other writers waiting.
const hold = 50 * time.Millisecond
