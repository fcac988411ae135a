// Package audit writes one row for each change an administrator made and each secret that was shown, in the transaction of
// the change itself. It refuses to know what the changes mean.
package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"roundhouse/ent/generated/ent"
)

// Event is one change, or one secret shown. Who did it is in the context.
type Event struct {
	// Action is the mutation's name, or signIn, signInFailed, import, apply, export.
	Action string
	// Target is what it was done to, by kind and name.
	Target string
	// Before and After are written as JSON objects; nil where there was nothing. They hold no secret.
	Before, After any
	// GroupID and KeyID are 0 when the change was of neither.
	GroupID, KeyID int64
}

// actorKey is the context's key for who acts.
type actorKey struct{}

// WithActor says who acts: session or admin key, with the client's address.
func WithActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// Actor returns who acts; empty when nobody was named.
func Actor(ctx context.Context) string {
	actor, _ := ctx.Value(actorKey{}).(string)
	return actor
}

// Write adds the event's row to the transaction. What nobody is named for, Roundhouse did by itself.
func Write(ctx context.Context, tx *ent.Tx, event Event) error {
	before, err := object(event.Before)
	if err != nil {
		return err
	}
	after, err := object(event.After)
	if err != nil {
		return err
	}
	actor := Actor(ctx)
	if actor == "" {
		actor = "Roundhouse"
	}
	err = tx.AuditEvent.Create().
		SetActor(fit(actor, 255)).SetAction(event.Action).SetTarget(fit(event.Target, 512)).
		SetBefore(before).SetAfter(after).SetGroupID(event.GroupID).SetKeyID(event.KeyID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write audit event: %w", err)
	}
	return nil
}

// object is empty for nil, else a JSON object.
func object(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write audit event: %w", err)
	}
	if raw[0] != '{' {
		return "", fmt.Errorf("write audit event: %T is not written as a JSON object", v)
	}
	return string(raw), nil
}
