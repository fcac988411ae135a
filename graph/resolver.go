package graph

import (
	"context"
	"log/slog"

	"roundhouse/graph/generated"
	"roundhouse/internal/audit"
	"roundhouse/internal/catalog"
	"roundhouse/internal/cluster"
	"roundhouse/internal/event"
	"roundhouse/internal/keypool"
	"roundhouse/internal/probe"
	"roundhouse/internal/requestlog"
	"roundhouse/internal/setting"
	"roundhouse/internal/stats"
	"roundhouse/internal/task"
	"roundhouse/proxycore"
)

// Health is what the data plane knows by the second.
type Health interface {
	KeyState(groupID, keyID int64) proxycore.KeyState
	CoolingKeys(groupID int64) int64
	UpstreamState(groupID int64, url string) proxycore.UpstreamState
}

// Resolver answers the fields of the schema, one method each.
type Resolver struct{ Rooms Rooms }

// Rooms are what the admin API calls; every field is needed.
type Rooms struct {
	Build    generated.BuildInfo
	Catalog  *catalog.Catalog
	Settings *setting.Store
	Keys     *keypool.Pool
	Prober   *probe.Prober
	Tasks    *task.Runner
	Log      *requestlog.Log
	Stats    *stats.Stats
	Health   Health
	// Audit writes who did something that leaves no other trace.
	Audit func(ctx context.Context, e audit.Event) error
	// AuditLog returns a page of what administrators did.
	AuditLog func(ctx context.Context, q audit.Query) (audit.Page, error)
	// Nodes returns the processes that run now.
	Nodes func(ctx context.Context) ([]cluster.Node, error)
	// ConfigNews hands on every change of groups and settings, whichever node made it.
	ConfigNews *event.Hub[ConfigNews]
	// InForce waits until this node serves by what is stored now, so that who was answered can rely on it. When that cannot
	// be, it says so in the log and returns.
	InForce func(ctx context.Context)
	// Warnings are told on the dashboard; they speak of the configuration, which does not change while the process runs.
	Warnings []*generated.SecurityWarning
	Logger   *slog.Logger
}
