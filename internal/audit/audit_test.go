package audit_test

import (
	"context"
	"strings"
	"testing"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/audit"
	"roundhouse/internal/database/databasetest"
)

func TestAnEventIsWrittenWithItsActor(t *testing.T) {
	db := databasetest.Open(t)
	ctx := audit.WithActor(context.Background(), "session 7 from 192.0.2.1")
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return audit.Write(ctx, tx, audit.Event{
			Action: "updateGroup", Target: "group openai", GroupID: 3,
			Before: map[string]any{"weight": int64(9007199254740993)}, After: map[string]any{"notes": "\x00"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	row := db.AuditEvent.Query().OnlyX(ctx)
	if row.Actor != "session 7 from 192.0.2.1" || row.Action != "updateGroup" || row.Target != "group openai" || row.GroupID != 3 {
		t.Errorf("wrote %v", row)
	}
	if row.Before != `{"weight":9007199254740993}` || row.After != `{"notes":"\u0000"}` {
		t.Errorf("wrote before %s, after %s", row.Before, row.After)
	}
}

func TestWhateverIsNamedCanBeWritten(t *testing.T) {
	db := databasetest.Open(t)
	ctx := audit.WithActor(context.Background(), strings.Repeat("ä", 400))
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return audit.Write(ctx, tx, audit.Event{Action: "signInFailed", Target: "a\x00b\xff" + strings.Repeat("x", 600)})
	})
	if err != nil {
		t.Fatal(err)
	}
	row := db.AuditEvent.Query().OnlyX(ctx)
	if !strings.HasPrefix(row.Target, "a?b?xx") || !strings.HasPrefix(row.Actor, "ää") || row.Before != "" {
		t.Errorf("wrote %v", row)
	}
}

func TestAChangeThatIsNoObjectIsRefused(t *testing.T) {
	db, ctx := databasetest.Open(t), context.Background()
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return audit.Write(ctx, tx, audit.Event{Action: "x", Target: "y", After: []string{"not", "an", "object"}})
	})
	if err == nil || db.AuditEvent.Query().CountX(ctx) != 0 {
		t.Errorf("got %v", err)
	}
}
