package graph

import (
	"context"
	"errors"

	"roundhouse/graph/generated"
	"roundhouse/internal/fault"
)

// ConfigNews is what nodes tell each other, and viewers, of a change: what was changed and by whom. How it is now is read by
// whoever wants to know.
type ConfigNews struct {
	// GroupID is 0 when it was the settings, or proxy keys that open every group.
	GroupID int64  `json:"groupId"`
	Actor   string `json:"actor"`
}

// mostNews is how many changes a viewer may be behind before it loses the oldest.
const mostNews = 100

// watchConfig yields every change from now on until ctx ends.
func (r *Resolver) watchConfig(ctx context.Context) <-chan ConfigNews {
	news := r.Rooms.ConfigNews.Subscribe(mostNews)
	context.AfterFunc(ctx, news.Close)
	return news.C
}

// changeView is the change with the version in force by now.
func (r *Resolver) changeView(ctx context.Context, news ConfigNews) *generated.ConfigChange {
	view := &generated.ConfigChange{GroupID: optional(news.GroupID), Actor: news.Actor}
	if news.GroupID == 0 {
		view.Version = r.Rooms.Settings.Current().Version
		return view
	}
	g, err := r.Rooms.Catalog.Get(ctx, news.GroupID)
	if err == nil {
		view.Version = g.Version
	}
	view.Deleted = errors.Is(err, fault.ErrNotFound)
	return view
}
