package graph

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/graph/generated"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
	"roundhouse/internal/seal"
	"roundhouse/proxycore"
)

// keyViews are keys as the schema shows them: rows, what they did, and what the data plane knows of them by the second.
func (r *Resolver) keyViews(ctx context.Context, keys []*ent.Key) ([]*generated.Key, error) {
	usage, err := r.Rooms.Keys.Usage(ctx, each(keys, func(k *ent.Key) int64 { return k.ID }))
	if err != nil {
		return nil, err
	}
	return each(keys, func(k *ent.Key) *generated.Key { return r.keyView(k, usage[k.ID]) }), nil
}

func (r *Resolver) viewOfKey(ctx context.Context, key *ent.Key) (*generated.Key, error) {
	views, err := r.keyViews(ctx, []*ent.Key{key})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

func (r *Resolver) keyView(k *ent.Key, used *ent.KeyUsage) *generated.Key {
	state := r.Rooms.Health.KeyState(k.GroupID, k.ID)
	view := &generated.Key{
		ID: k.ID, GroupID: k.GroupID, Masked: k.Masked, Fingerprint: seal.Fingerprint(seal.Digest(k.Digest)),
		Status: k.Status, Fault: k.Fault, Reason: k.Reason,
		CoolingModels: each(state.Models, func(m proxycore.CoolingModel) *generated.CoolingModel {
			return &generated.CoolingModel{Model: m.Model, Until: m.Until}
		}),
		LastStatusCode: k.LastStatusCode, LastFailedAt: k.LastFailedAt, Notes: k.Notes,
		ConsecutiveFailures: k.ConsecutiveFailures, CreatedAt: k.CreatedAt, Version: k.Version,
	}
	if !state.CoolingUntil.IsZero() {
		view.CoolingUntil = &state.CoolingUntil
	}
	if used != nil {
		view.RequestCount, view.FailureCount = used.RequestCount, used.FailureCount
		view.LastUsedAt = instant(used.LastUsedMs)
	}
	return view
}

// hasKeys refuses a group that is not there, and an aggregate, which has no keys of its own.
func (r *Resolver) hasKeys(ctx context.Context, groupID int64) error {
	g, err := loadsOf(ctx, r).group(ctx, groupID)
	if err != nil {
		return err
	}
	if g == nil {
		return fmt.Errorf("group %d: %w", groupID, fault.ErrNotFound)
	}
	if g.Kind == group.KindAGGREGATE {
		return fault.One("groupId", fault.NotAllowed, nil, "%s is an aggregate; its members hold the keys", g.Name)
	}
	return nil
}

func isNotFound(err error) bool { return errors.Is(err, fault.ErrNotFound) || ent.IsNotFound(err) }

// keyFilter is nil when the caller gave none.
func keyFilter(in *generated.KeyFilter) *keypool.Filter {
	if in == nil {
		return nil
	}
	return &keypool.Filter{
		StatusIn: in.StatusIn.Value(), Cooling: in.Cooling.Value(), UnusedSince: orZero(in.UnusedSince.Value()), FaultIn: in.FaultIn.Value(), LastStatusCodeIn: in.LastStatusCodeIn.Value(),
		CreatedFrom: orZero(in.CreatedFrom.Value()), CreatedTo: orZero(in.CreatedTo.Value()), Search: orZero(in.Search.Value()),
	}
}

func keySelector(in generated.KeySelector) keypool.Selector {
	return keypool.Selector{
		GroupID: in.GroupID, IDs: in.Ids.Value(), Text: orZero(in.Text.Value()), Filter: keyFilter(in.Filter.Value()),
		All: orZero(in.All.Value()), Except: in.Except.Value(), UpTo: orZero(in.UpTo.Value()),
	}
}

// keyConnection is a page of keys; a cursor is the id it stands at. backwards says that it was asked for by what follows it.
func (r *Resolver) keyConnection(ctx context.Context, page keypool.Page, backwards bool) (*generated.KeyConnection, error) {
	views, err := r.keyViews(ctx, page.Keys)
	if err != nil {
		return nil, err
	}
	edges := each(views, func(k *generated.Key) *generated.KeyEdge {
		return &generated.KeyEdge{Cursor: strconv.FormatInt(k.ID, 10), Node: k}
	})
	info := &generated.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}
	if len(edges) > 0 {
		info.StartCursor, info.EndCursor = &edges[0].Cursor, &edges[len(edges)-1].Cursor
	}
	connection := &generated.KeyConnection{Edges: edges, PageInfo: info, TotalCount: page.Total, Position: page.Position}
	if page.ScannedTo != 0 {
		end := strconv.FormatInt(page.ScannedTo, 10)
		if backwards {
			info.StartCursor = &end
		} else {
			info.EndCursor = &end
		}
		connection.ScannedTo = &page.Scanned
	}
	return connection, nil
}

// keyCursor reads a cursor of ours; 0 when none was given.
func keyCursor(path string, cursor *string) (int64, error) {
	if cursor == nil || *cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(*cursor, 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.One(path, fault.BadForm, nil, "%.40q is no cursor of ours; take one from pageInfo", *cursor)
	}
	return id, nil
}

func previewView(p keypool.Preview) *generated.ImportPreview {
	return &generated.ImportPreview{
		Lines: p.Lines, Fresh: p.Fresh, Repeated: p.Repeated, AlreadyThere: p.AlreadyThere, Unusable: p.Unusable,
		Sample: each(p.Sample, same[string]), Problems: problemViews(p.Problems),
	}
}

// mostChanges is how many changes of keys a viewer may be behind before it loses the oldest.
const mostChanges = 100

// watchKeys yields the changes of one group's keys, or of all, from now on until ctx ends.
func (r *Resolver) watchKeys(ctx context.Context, groupID *int64) <-chan keypool.Change {
	changes := r.Rooms.Keys.Changes(mostChanges)
	context.AfterFunc(ctx, changes.Close)
	if groupID == nil {
		return changes.C
	}
	ofGroup := make(chan keypool.Change)
	go func() {
		defer close(ofGroup)
		for change := range changes.C {
			if change.GroupID != *groupID {
				continue
			}
			select {
			case ofGroup <- change:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ofGroup
}

// keyChangeView shows a key that cannot be read just now as many that changed: the viewer then reads them again.
func (r *Resolver) keyChangeView(ctx context.Context, c keypool.Change) *generated.KeyChange {
	view := &generated.KeyChange{GroupID: c.GroupID}
	if c.Key != nil {
		if key, err := r.viewOfKey(ctx, c.Key); err == nil {
			view.Key = key
		}
	}
	return view
}
