package audit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/auditevent"
	"roundhouse/internal/fault"
)

// MostListed is the longest page of events.
const MostListed = 200

// Query asks for a page of events, newest first. What is zero is no condition.
type Query struct {
	// First is the length of the page, 1 to 200; After is the EndCursor of the page before.
	First int
	After string
	// Action is a whole word; Target and Actor are parts of theirs, in either case.
	Action, Target, Actor string
	GroupID               int64
	// From is inclusive, To is not.
	From, To time.Time
}

// Page is some events, newest first.
type Page struct {
	Events []*ent.AuditEvent
	// More says that there are older ones.
	More bool
}

// Cursor names an event's place for Query's After; opaque to everyone else.
func Cursor(e *ent.AuditEvent) string { return strconv.FormatInt(e.ID, 10) }

// List returns a page of events, or a *fault.Input when the query cannot be meant.
func List(ctx context.Context, client *ent.Client, q Query) (Page, error) {
	var faults fault.List
	if q.First < 1 || q.First > MostListed {
		faults.Add("first", fault.TooLarge, map[string]any{"min": 1, "max": MostListed}, "is from 1 to %d", MostListed)
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		faults.Add("to", fault.TooSmall, nil, "ends before it begins; give a to that is not before from")
	}
	query := client.AuditEvent.Query().Order(ent.Desc(auditevent.FieldID)).Limit(q.First + 1)
	if q.After != "" {
		id, err := strconv.ParseInt(q.After, 10, 64)
		if err != nil {
			faults.Add("after", fault.BadForm, nil, "%.40q is no cursor of ours; take one from pageInfo", q.After)
		}
		query.Where(auditevent.IDLT(id))
	}
	if err := faults.Err(); err != nil {
		return Page{}, err
	}
	q.conditions(query)
	events, err := query.All(ctx)
	if err != nil {
		return Page{}, fmt.Errorf("read audit events: %w", err)
	}
	more := len(events) > q.First
	return Page{Events: events[:min(len(events), q.First)], More: more}, nil
}

func (q Query) conditions(query *ent.AuditEventQuery) {
	if q.Action != "" {
		query.Where(auditevent.Action(q.Action))
	}
	if q.Target != "" {
		query.Where(auditevent.TargetContainsFold(fit(q.Target, 512)))
	}
	if q.Actor != "" {
		query.Where(auditevent.ActorContainsFold(fit(q.Actor, 255)))
	}
	if q.GroupID != 0 {
		query.Where(auditevent.GroupID(q.GroupID))
	}
	if !q.From.IsZero() {
		query.Where(auditevent.TimeGTE(q.From.UTC()))
	}
	if !q.To.IsZero() {
		query.Where(auditevent.TimeLT(q.To.UTC()))
	}
}
