package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/graph/generated"
	"roundhouse/internal/requestlog"
	"roundhouse/proxycore"
)

// recordView is a record as the schema shows it.
func recordView(e *requestlog.Entry) *generated.RequestLog {
	view := &generated.RequestLog{
		ID:                  e.ID,
		RequestID:           e.RequestID,
		UpstreamRequestID:   optional(e.UpstreamRequestID),
		Time:                e.Time(),
		StartedAt:           e.Started,
		Attempt:             generated.AttemptRetry,
		AttemptNumber:       e.AttemptNumber,
		GroupID:             e.GroupID,
		GroupName:           e.GroupName,
		ParentGroupID:       optional(e.ParentID),
		ParentGroupName:     optional(e.ParentName),
		Dialect:             group.Dialect(e.Dialect),
		KeyID:               optional(e.KeyID),
		KeyFingerprint:      fingerprint(e.KeyFingerprint),
		ProxyKeyID:          optional(e.ProxyKeyID),
		ProxyKeyFingerprint: fingerprint(e.ProxyKeyFingerprint),
		NodeID:              int64(e.Node),
		Model:               e.Model,
		UpstreamModel:       optional(e.UpstreamModel),
		Method:              e.Method,
		Path:                e.Path,
		Upstream:            optional(e.Upstream),
		StatusCode:          e.StatusCode,
		Success:             e.Outcome == proxycore.OK,
		Outcome:             e.Outcome,
		Charged:             e.Charged,
		CooledSeconds:       optional(int(e.Cooled.Seconds())),
		Stream:              e.Stream,
		Trial:               e.Trial,
		WaitMs:              e.Wait.Milliseconds(),
		ConnectMs:           elapsed(e.Connect),
		HeaderMs:            elapsed(e.Header),
		FirstByteMs:         elapsed(e.FirstByte),
		DurationMs:          e.Ended.Sub(e.Started).Milliseconds(),
		RequestBytes:        e.RequestBytes,
		ResponseBytes:       e.ResponseBytes,
		ServiceTier:         optional(e.Usage.ServiceTier),
		ClientIP:            e.ClientIP,
		UserAgent:           e.UserAgent,
		Error:               optional(e.Error),
	}
	if e.Final {
		view.Attempt = generated.AttemptFinal
	}
	if e.Usage.Known {
		u := e.Usage
		view.InputTokens, view.OutputTokens = &u.Input, &u.Output
		view.CachedTokens, view.CacheWriteTokens, view.ReasoningTokens = &u.Cached, &u.CacheWrite, &u.Reasoning
	}
	if e.RequestBody != nil {
		body := string(e.RequestBody)
		view.RequestBody = &body
	}
	return view
}

// recordFilter is the log's own filter; its zero value when the caller gave none.
func recordFilter(in *generated.RequestLogFilter) requestlog.Filter {
	if in == nil {
		return requestlog.Filter{}
	}
	f := requestlog.Filter{
		From: orZero(in.From.Value()), To: orZero(in.To.Value()),
		GroupID: orZero(in.GroupID.Value()), GroupNames: in.GroupNames.Value(), ParentGroupName: orZero(in.ParentGroupName.Value()),
		KeyID: orZero(in.KeyID.Value()), Key: orZero(in.Key.Value()), ProxyKeyID: orZero(in.ProxyKeyID.Value()),
		Models: in.Models.Value(), Success: in.Success.Value(), Outcomes: in.Outcomes.Value(), Charged: orZero(in.Charged.Value()),
		StatusFrom: orZero(in.StatusFrom.Value()), StatusTo: orZero(in.StatusTo.Value()), Stream: in.Stream.Value(),
		ClientIP: orZero(in.ClientIP.Value()), Upstream: orZero(in.Upstream.Value()), PathPrefix: orZero(in.PathPrefix.Value()),
		RequestID:     orZero(in.RequestID.Value()),
		MinDuration:   time.Duration(orZero(in.MinDurationMs.Value())) * time.Millisecond,
		MinFirstByte:  time.Duration(orZero(in.MinFirstByteMs.Value())) * time.Millisecond,
		ErrorContains: orZero(in.ErrorContains.Value()),
	}
	if attempt := in.Attempt.Value(); attempt != nil {
		final := *attempt == generated.AttemptFinal
		f.Final = &final
	}
	return f
}

// recordConnection is a page of the log.
func recordConnection(page requestlog.Page) *generated.RequestLogConnection {
	view := &generated.RequestLogConnection{
		Edges: each(page.Entries, func(e *requestlog.Entry) *generated.RequestLogEdge {
			return &generated.RequestLogEdge{Cursor: e.Cursor(), Node: recordView(e)}
		}),
		PageInfo: &generated.PageInfo{HasNextPage: page.More, EndCursor: optional(page.EndCursor)},
	}
	if len(view.Edges) > 0 {
		view.PageInfo.StartCursor = &view.Edges[0].Cursor
	}
	if !page.ScannedTo.IsZero() {
		view.ScannedTo = &page.ScannedTo
	}
	return view
}

// wantsBodies reports whether the page of records being resolved is to show request bodies, which may be 64 KiB each.
func wantsBodies(ctx context.Context) bool {
	types := []string{"RequestLogConnection", "RequestLogEdge", "RequestLog"}
	fields := graphql.CollectFieldsCtx(ctx, types)
	for _, name := range []string{"edges", "node", "requestBody"} {
		var below []graphql.CollectedField
		found := false
		for _, field := range fields {
			if field.Name == name {
				found = true
				below = append(below, graphql.CollectFields(graphql.GetOperationContext(ctx), field.Selections, types)...)
			}
		}
		if !found {
			return false
		}
		fields = below
	}
	return true
}
