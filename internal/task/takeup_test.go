package task_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/ent/schema"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/task"
)

// mark commits a step of a job.
func mark(ctx context.Context, db interface {
	InTx(context.Context, func(context.Context, *ent.Tx) error) error
}, p *task.Progress, m schema.TaskMark,
) error {
	return db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return p.Mark(ctx, tx, m) })
}

// What a killed process met after its last mark was not stored: the next one meets it again, and counts it once.
func TestATaskGoesOnAtItsMark(t *testing.T) {
	db, dir := databasetest.Open(t), t.TempDir()
	r, stop := startWith(t, task.Options{DB: db, Dir: dir})
	held, running, _ := hold()
	row, err := r.Start(t.Context(), task.Order{
		Kind: enttask.KindIMPORT_KEYS, GroupID: 7, Instructions: "{}",
		Job: func(ctx context.Context, p *task.Progress) error {
			p.SetTotal(10)
			p.Problem(schema.TaskProblem{Line: 1, Reason: "EMPTY"})
			p.Add(2, 1, 1)
			if err := mark(ctx, db, p, schema.TaskMark{Place: 4, Succeeded: 2, Skipped: 1, Failed: 1}); err != nil {
				t.Error(err)
			}
			p.Problem(schema.TaskProblem{Line: 5, Reason: "EMPTY"})
			p.Add(0, 0, 1)
			return held(ctx, p)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	until(t, running)
	stop()
	if left := db.Task.GetX(t.Context(), row.ID); left.State != enttask.StateQUEUED || left.FinishedAt != nil {
		t.Fatalf("the stopped task is %v", left)
	}

	ended := make(chan struct{})
	again, _ := startWith(t, task.Options{DB: db, Dir: dir, Resume: func(row *ent.Task) (task.Order, error) {
		return task.Order{Ended: func() { close(ended) }, Job: func(_ context.Context, p *task.Progress) error {
			if at := p.Marked(); at.Place != 4 {
				t.Errorf("goes on at %+v", at)
			}
			p.SetTotal(6)
			p.Problem(schema.TaskProblem{Line: 5, Reason: "EMPTY"})
			p.Add(5, 0, 1)
			return nil
		}}, nil
	}})
	last := end(t, again, row.ID)
	if got := fmt.Sprint(last.State, " ", last.Processed, *last.Total, last.Succeeded, last.Skipped, last.Failed, len(last.Problems)); got != "SUCCEEDED 10 10 7 1 2 2" {
		t.Errorf("ended as %s", got)
	}
	var lines []int64
	if err := again.Problems(t.Context(), row.ID, func(p schema.TaskProblem) { lines = append(lines, p.Line) }); err != nil || !slices.Equal(lines, []int64{1, 5}) {
		t.Errorf("problems of lines %v, %v", lines, err)
	}
	until(t, ended)
}

func TestATaskThatCannotGoOnSaysWhy(t *testing.T) {
	db := databasetest.Open(t)
	left := func(cancelled bool) int64 {
		return db.Task.Create().SetKind(enttask.KindIMPORT_KEYS).SetGroupID(1).SetState(enttask.StateRUNNING).SetProcessed(9).SetFailed(9).
			SetInstructions("{}").SetMark(schema.TaskMark{Place: 3, Succeeded: 3}).SetCancelRequested(cancelled).SaveX(t.Context()).ID
	}
	stuck, cancelled := left(false), left(true)
	r, _ := startWith(t, task.Options{DB: db, Dir: t.TempDir(), Resume: func(*ent.Task) (task.Order, error) {
		return task.Order{}, errors.New("its file is gone; import it again")
	}})
	for id, want := range map[int64]string{
		stuck:     "FAILED 3 3 0 its file is gone; import it again",
		cancelled: "CANCELLED 3 3 0 ",
	} {
		row := end(t, r, id)
		if got := fmt.Sprint(row.State, " ", row.Processed, " ", row.Succeeded, " ", row.Failed, " ", row.Error); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

func TestTheLeaderTakesUpTheTasksOfDeadNodesAlone(t *testing.T) {
	db := databasetest.Open(t)
	on := func(node int) int64 {
		return db.Task.Create().SetKind(enttask.KindDELETE_KEYS).SetGroupID(int64(node)).SetState(enttask.StateRUNNING).
			SetNode(node).SetInstructions("{}").SaveX(t.Context()).ID
	}
	// The runner starts first: on SQLite, where it is alone, it would take up whatever it finds.
	r, _ := startWith(t, task.Options{
		DB: db, Dir: t.TempDir(), Node: func() int { return 1 },
		Alive: func(context.Context) ([]int, error) { return []int{1, 2}, nil },
		Resume: func(*ent.Task) (task.Order, error) {
			return task.Order{Job: func(context.Context, *task.Progress) error { return nil }}, nil
		},
	})
	begin(t, r, 9, func(context.Context, *task.Progress) error { return nil })
	living, dead := on(2), on(3)
	go func() { _ = r.Adopt(t.Context()) }()
	until(t, soon(func() bool { return db.Task.GetX(context.Background(), dead).State == enttask.StateSUCCEEDED }))
	if row := db.Task.GetX(t.Context(), dead); row.Node != 1 {
		t.Errorf("node %d took it up", row.Node)
	}
	if row := db.Task.GetX(t.Context(), living); row.State != enttask.StateRUNNING || row.Node != 2 {
		t.Errorf("a living node's task was taken: %v", row)
	}
}

// A leader that was paused may look for tasks when another one leads.
func TestWhoLeadsNoLongerNeitherMakesNorTakesUpATask(t *testing.T) {
	db, fences := databasetest.Open(t), make(chan string, 1)
	r, _ := startWith(t, task.Options{
		DB: db, Dir: t.TempDir(), Node: func() int { return 1 },
		Alive:  func(context.Context) ([]int, error) { return []int{1}, nil },
		Fence:  func(context.Context) string { return <-fences },
		Resume: func(*ent.Task) (task.Order, error) { return task.Order{}, errors.New("taken up") },
	})
	job := func(context.Context, *task.Progress) error { return nil }
	fences <- "1 = 1"
	end(t, r, begin(t, r, 9, job).ID)
	fences <- "1 = 0"
	if _, err := r.Start(t.Context(), task.Order{Kind: enttask.KindDELETE_GROUP, GroupID: 1, Job: job}); !errors.Is(err, task.ErrFenced) {
		t.Errorf("a task was made: %v", err)
	}
	if n := db.Task.Query().CountX(t.Context()); n != 1 {
		t.Errorf("%d rows", n)
	}
	dead := func() int64 {
		return db.Task.Create().SetKind(enttask.KindDELETE_KEYS).SetGroupID(3).SetState(enttask.StateRUNNING).SetNode(3).SetInstructions("{}").SaveX(t.Context()).ID
	}
	first, second := dead(), dead()
	go func() { _ = r.Adopt(t.Context()) }()
	fences <- "1 = 0"
	fences <- "1 = 1"
	until(t, soon(func() bool { return db.Task.GetX(context.Background(), second).State == enttask.StateFAILED }))
	if row := db.Task.GetX(t.Context(), first); row.State != enttask.StateRUNNING || row.Node != 3 {
		t.Errorf("it was taken up without the lease: %v", row)
	}
}

// What a task works on is opened by the node that runs it alone: another one that is slower would leave it open.
func TestWhoIsTooSlowToTakeUpATaskOpensNothing(t *testing.T) {
	db := databasetest.Open(t)
	dead := db.Task.Create().SetKind(enttask.KindIMPORT_KEYS).SetGroupID(1).SetState(enttask.StateRUNNING).SetNode(7).SetInstructions("{}")
	opened := make(chan struct{}, 2)
	r, _ := startWith(t, task.Options{
		DB: db, Dir: t.TempDir(), Node: func() int { return 1 },
		Alive: func(ctx context.Context) ([]int, error) {
			db.Task.Update().SetNode(2).ExecX(ctx) // the other one, after the rows were read
			return []int{1, 2}, nil
		},
		Resume: func(*ent.Task) (task.Order, error) {
			opened <- struct{}{}
			return task.Order{Job: func(context.Context, *task.Progress) error { return nil }}, nil
		},
	})
	begin(t, r, 9, func(context.Context, *task.Progress) error { return nil })
	id := dead.SaveX(t.Context()).ID
	ctx, cancel := context.WithCancel(t.Context())
	adopted := make(chan struct{})
	go func() { defer close(adopted); _ = r.Adopt(ctx) }()
	until(t, soon(func() bool { return db.Task.GetX(context.Background(), id).Node == 2 }))
	cancel()
	until(t, adopted)
	if len(opened) > 0 {
		t.Error("it opened what another node works on")
	}
}

// A node that was only away must not go on with a task that another one has taken up.
func TestATaskThatWasTakenIsLeft(t *testing.T) {
	db := databasetest.Open(t)
	r, stop := start(t, db)
	go_, left := make(chan struct{}), make(chan struct{})
	row, err := r.Start(t.Context(), task.Order{
		Kind: enttask.KindIMPORT_KEYS, GroupID: 1, Ended: func() { t.Error("what it works on was taken from the other node") },
		Job: func(ctx context.Context, p *task.Progress) error {
			defer close(left)
			<-go_
			return mark(ctx, db, p, schema.TaskMark{Place: 1, Succeeded: 1})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	watch, unwatch := context.WithCancel(t.Context())
	defer unwatch()
	states := r.Watch(watch, row.ID)
	<-states
	db.Task.Update().Where(enttask.ID(row.ID)).SetNode(5).ExecX(t.Context())
	close(go_)
	until(t, left)
	stop()
	unwatch()
	for state := range states {
		if state.FinishedAt != nil {
			t.Errorf("watchers here were told that it ended: %v", state)
		}
	}
	if row := db.Task.GetX(t.Context(), row.ID); row.Node != 5 || row.FinishedAt != nil || row.Mark.Place != 0 {
		t.Errorf("the other node's row was changed: %v", row)
	}
}

// soon is closed when the condition holds.
func soon(holds func() bool) <-chan struct{} {
	point := make(chan struct{})
	go func() {
		for !holds() {
			time.Sleep(10 * time.Millisecond)
		}
		close(point)
	}()
	return point
}
