package keypool_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/schema"
	"roundhouse/internal/fault"
)

func TestImportTakesWhatIsNewAndSaysWhatIsNot(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	got := h.add(t, g, "\xef\xbb\xbfkey-aaaaaaaa\r\nkey-bbbbbbbb, key-aaaaaaaa\r\nkey\x00c\r\n"+strings.Repeat("k", 5000)+"\n")
	if got.String() != "5: 2+1+2" {
		t.Errorf("got %s", got)
	}
	if len(got.problems) != 2 || got.problems[0].Line != 3 || got.problems[0].Reason != "NOT_TEXT" || got.problems[1].Reason != "TOO_LONG" {
		t.Errorf("problems: %v", got.problems)
	}
	if again := h.add(t, g, `["key-bbbbbbbb","key-dddddddd",""]`); again.String() != "3: 1+1+1" {
		t.Errorf("again: %s", again)
	}
	if counts := h.reconcile(t, g); counts.Active != 3 {
		t.Errorf("counts: %+v", counts)
	}
	for i, want := range []string{"key-aaaaaaaa", "key-bbbbbbbb", "key-dddddddd"} {
		id := h.ids(t, g)[i]
		row := h.key(t, id)
		if row.Status != key.StatusACTIVE || row.Fault != key.FaultNONE || row.Version != 1 || row.CreatedAt.IsZero() || strings.Contains(row.Masked, want) {
			t.Errorf("row %v", row)
		}
		if text, err := h.Reveal(t.Context(), id); err != nil || text != want {
			t.Errorf("key %d is %q, %v", id, text, err)
		}
	}
	if h.changes() == 0 {
		t.Error("nobody was told of the new keys")
	}
	events := h.db.AuditEvent.Query().AllX(t.Context())
	if len(events) != 3 || events[0].Action != "revealKey" {
		t.Errorf("audit: %v", events)
	}
}

func TestTheSameKeyMayBeInTwoGroups(t *testing.T) {
	h := newHouse(t)
	a, b := h.group(t, "a"), h.group(t, "b")
	h.add(t, a, "key-aaaaaaaa")
	if got := h.add(t, b, "key-aaaaaaaa"); got.succeeded != 1 {
		t.Errorf("got %s", got)
	}
}

func TestImportCrossesBatchesAndRaisesTheRevision(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	if got := h.add(t, g, keysOf("key", 2345)); got.String() != "2345: 2345+0+0" {
		t.Errorf("got %s", got)
	}
	h.reconcile(t, g)
	first := h.db.KeyCount.GetX(t.Context(), g)
	if got := h.add(t, g, keysOf("key", 2345)+"key-new-one"); got.String() != "2346: 1+2345+0" {
		t.Errorf("got %s", got)
	}
	counts := h.db.KeyCount.GetX(t.Context(), g)
	newest := h.key(t, h.ids(t, g)[2345])
	if newest.Revision <= first.Revision || newest.Revision > counts.Revision || counts.Epoch != first.Epoch {
		t.Errorf("revision %d of %d after %d, epoch %d after %d", newest.Revision, counts.Revision, first.Revision, counts.Epoch, first.Epoch)
	}
}

func TestTwoImportsOfTheSameKeysAddEachOnce(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	var wait sync.WaitGroup
	results := make([]tally, 4)
	for i := range results {
		wait.Go(func() {
			if err := h.Import(t.Context(), g, strings.NewReader(keysOf("key", 700)), &results[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	var added, skipped int64
	for i := range results {
		added += results[i].succeeded
		skipped += results[i].skipped
	}
	if added != 700 || skipped != 3*700 {
		t.Errorf("added %d, skipped %d", added, skipped)
	}
	if counts := h.reconcile(t, g); counts.Active != 700 {
		t.Errorf("counts: %+v", counts)
	}
}

func TestWhoAsksIsWrittenUnlessTheGroupHoldsNoKeys(t *testing.T) {
	h := newHouse(t)
	if err := h.Begin(t.Context(), 99, "importKeys"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("no group: %v", err)
	}
	aggregate := h.db.Group.Create().SetName("all").SetKind(group.KindAGGREGATE).SetDialect(group.DialectOPENAI).SaveX(t.Context())
	var input *fault.Input
	if err := h.Begin(t.Context(), aggregate.ID, "importKeys"); !errors.As(err, &input) || input.Faults[0].Path != "groupId" {
		t.Errorf("aggregate: %v", err)
	}
	if err := h.Begin(t.Context(), h.group(t, "openai"), "importKeys"); err != nil {
		t.Error(err)
	}
	if event := h.db.AuditEvent.Query().OnlyX(t.Context()); event.Action != "importKeys" || event.Target != "group openai" {
		t.Errorf("audit: %v", event)
	}
}

// interrupting calls stop when its reader comes to the end of the first part.
type interrupting struct {
	io.Reader
	rest io.Reader
	stop func()
}

func (i *interrupting) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if errors.Is(err, io.EOF) && i.rest != nil {
		i.stop()
		i.Reader, i.rest = i.rest, nil
		return i.Reader.Read(p)
	}
	return n, err
}

// long makes keys so long that a reader's buffer holds few of them.
var long = strings.Repeat("k", 60)

func TestACancelledImportLeavesWholeBatches(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	ctx, cancel := context.WithCancel(t.Context())
	in := &interrupting{Reader: strings.NewReader(keysOf(long, 2500)), rest: strings.NewReader(keysOf("more", 2500)), stop: cancel}
	var p tally
	if err := h.Import(ctx, g, in, &p); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if counts := h.reconcile(t, g); counts.Active != p.succeeded || counts.Active == 0 {
		t.Errorf("told %s, stored %+v", &p, counts)
	}
}

// A process that is killed leaves what it committed and the mark of it; the next one reads the same input from its beginning.
func TestAnImportGoesOnWhereAKilledOneStopped(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	text := "key\x01\n" + keysOf(long, 2500) + keysOf(long, 10) + "\x02\n" + keysOf("more", 2500)
	ctx, cancel := context.WithCancel(t.Context())
	var killed tally
	first, rest := text[:len(text)/2], text[len(text)/2:]
	in := &interrupting{Reader: strings.NewReader(first), rest: strings.NewReader(rest), stop: cancel}
	if err := h.Import(ctx, g, in, &killed); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	stored := h.reconcile(t, g).Active
	if stored == 0 || stored == 5000 || killed.mark.Succeeded != stored {
		t.Fatalf("%d are stored, the mark says %+v", stored, killed.mark)
	}
	resumed := tally{mark: killed.mark}
	if err := h.Import(t.Context(), g, strings.NewReader(text), &resumed); err != nil {
		t.Fatal(err)
	}
	want := schema.TaskMark{Place: 5012, Succeeded: 5000, Skipped: 10, Failed: 2}
	if !reflect.DeepEqual(resumed.mark, want) || h.reconcile(t, g).Active != 5000 {
		t.Errorf("%+v, not %+v", resumed.mark, want)
	}
}

func TestAnImportEndsWhenItsGroupIsDeleted(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	in := &interrupting{Reader: strings.NewReader(keysOf(long, 2500)), rest: strings.NewReader(keysOf("more", 2500)), stop: func() {
		h.db.Group.DeleteOneID(g).ExecX(context.Background())
	}}
	var p tally
	if err := h.Import(t.Context(), g, in, &p); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := h.DeleteGroup(t.Context(), g, &tally{}); err != nil {
		t.Fatal(err)
	}
	if n := h.db.Key.Query().CountX(t.Context()) + h.db.KeyCount.Query().CountX(t.Context()); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestPreviewLooksAndChangesNothing(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 150))
	in := keysOf("key", 150) + keysOf("new", 130) + keysOf("new", 10) + "key\x01\n"
	got, err := h.Preview(t.Context(), g, strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(got.Lines, got.Fresh, got.Repeated, got.AlreadyThere, got.Unusable); s != "291 130 10 150 1" {
		t.Errorf("got %s", s)
	}
	if len(got.Sample) != 5 || got.Sample[0] == "new-000000" || len(got.Problems) != 1 || got.Problems[0].Line != 291 {
		t.Errorf("sample %v, problems %v", got.Sample, got.Problems)
	}
	if len(h.ids(t, g)) != 150 {
		t.Error("a preview stored keys")
	}
}
