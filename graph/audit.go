package graph

import (
	"encoding/json"

	"roundhouse/ent/generated/ent"
	"roundhouse/graph/generated"
	"roundhouse/internal/audit"
)

// auditConnection is a page of the audit log.
func auditConnection(page audit.Page) *generated.AuditEventConnection {
	view := &generated.AuditEventConnection{
		Edges: each(page.Events, func(e *ent.AuditEvent) *generated.AuditEventEdge {
			return &generated.AuditEventEdge{Cursor: audit.Cursor(e), Node: auditView(e)}
		}),
		PageInfo: &generated.PageInfo{HasNextPage: page.More},
	}
	if n := len(view.Edges); n > 0 {
		view.PageInfo.StartCursor, view.PageInfo.EndCursor = &view.Edges[0].Cursor, &view.Edges[n-1].Cursor
	}
	return view
}

func auditView(e *ent.AuditEvent) *generated.AuditEvent {
	view := &generated.AuditEvent{
		ID: e.ID, Time: e.Time, Actor: e.Actor, Action: e.Action, Target: e.Target,
		GroupID: optional(e.GroupID), KeyID: optional(e.KeyID),
	}
	if e.Before != "" {
		view.Before = json.RawMessage(e.Before)
	}
	if e.After != "" {
		view.After = json.RawMessage(e.After)
	}
	return view
}
