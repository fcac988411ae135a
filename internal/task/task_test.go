package task_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/ent/schema"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/internal/task"
)

// patience bounds every wait of these tests.
const patience = 10 * time.Second

// start runs a runner until the test ends, or until stop is called.
func start(t *testing.T, db *database.DB) (r *task.Runner, stop func()) {
	t.Helper()
	return startWith(t, task.Options{DB: db, Dir: t.TempDir()})
}

// startWith does the same with options; those left out are of a node that is alone, and takes nothing up.
func startWith(t *testing.T, o task.Options) (r *task.Runner, stop func()) {
	t.Helper()
	if o.Node == nil {
		o.Node = func() int { return 0 }
	}
	o.Logger = slog.New(slog.DiscardHandler)
	r = task.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("the runner does not stop")
		}
	}
	t.Cleanup(stop)
	return r, stop
}

func begin(t *testing.T, r *task.Runner, group int64, job task.Job) *ent.Task {
	t.Helper()
	row, err := r.Start(t.Context(), task.Order{Kind: enttask.KindIMPORT_KEYS, GroupID: group, Job: job})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// end waits for a task's last state.
func end(t *testing.T, r *task.Runner, id int64) *ent.Task {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var last *ent.Task
	for state := range r.Watch(ctx, id) {
		last = state
	}
	if last == nil || last.FinishedAt == nil {
		t.Fatalf("task %d did not end: %v", id, last)
	}
	return last
}

// until waits for the job to reach a point.
func until(t *testing.T, point <-chan struct{}) {
	t.Helper()
	select {
	case <-point:
	case <-time.After(patience):
		t.Fatal("waited in vain")
	}
}

// hold is a job that says when it runs and ends when it is told to.
func hold() (job task.Job, running, release chan struct{}) {
	running, release = make(chan struct{}), make(chan struct{})
	return func(ctx context.Context, _ *task.Progress) error {
		close(running)
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}, running, release
}

func TestATaskCountsAndKeepsItsFirstProblems(t *testing.T) {
	db := databasetest.Open(t)
	r, _ := start(t, db)
	seen := make(chan struct{})
	row := begin(t, r, 7, func(_ context.Context, p *task.Progress) error {
		<-seen
		p.SetTotal(31)
		p.Add(2, 3, 1)
		for line := range int64(25) {
			p.Add(0, 0, 1)
			p.Problem(schema.TaskProblem{Line: line + 1, Reason: "EMPTY", Message: "an empty string"})
		}
		return nil
	})
	if row.State != enttask.StateQUEUED && row.State != enttask.StateRUNNING {
		t.Errorf("began as %s", row.State)
	}
	close(seen)
	end(t, r, row.ID)

	got, err := db.Task.Get(t.Context(), row.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.State != enttask.StateSUCCEEDED || got.Processed != 31 || *got.Total != 31 || got.Succeeded != 2 || got.Skipped != 3 || got.Failed != 26 {
		t.Errorf("the row says %v", got)
	}
	if len(got.Problems) != 20 || got.Problems[19].Line != 20 || got.StartedAt == nil || got.FinishedAt == nil || got.Error != "" {
		t.Errorf("the row says %v", got)
	}
}

func TestAGroupRunsOneTaskAndOthersDoNotWaitForIt(t *testing.T) {
	r, _ := start(t, databasetest.Open(t))
	first, firstRuns, release := hold()
	begin(t, r, 1, first)
	until(t, firstRuns)
	second, secondRuns, releaseSecond := hold()
	queued := begin(t, r, 1, second)
	elsewhere := begin(t, r, 2, func(context.Context, *task.Progress) error { return nil })

	if got := end(t, r, elsewhere.ID); got.State != enttask.StateSUCCEEDED {
		t.Errorf("the other group's task ended %s", got.State)
	}
	select {
	case <-secondRuns:
		t.Error("two tasks of one group run at once")
	default:
	}
	if got, err := r.Get(t.Context(), queued.ID); err != nil || got.State != enttask.StateQUEUED {
		t.Errorf("the second task is %v, %v", got, err)
	}
	close(release)
	until(t, secondRuns)
	close(releaseSecond)
	end(t, r, queued.ID)
}

func TestCancelEndsARunningAndAQueuedTask(t *testing.T) {
	r, _ := start(t, databasetest.Open(t))
	job, runs, _ := hold()
	running := begin(t, r, 1, job)
	until(t, runs)
	queued := begin(t, r, 1, func(context.Context, *task.Progress) error {
		t.Error("a cancelled task ran")
		return nil
	})

	if got, err := r.Cancel(t.Context(), queued.ID); err != nil || got.State != enttask.StateCANCELLED {
		t.Errorf("the queued task is %v, %v", got, err)
	}
	got, err := r.Cancel(t.Context(), running.ID)
	if err != nil || !got.CancelRequested {
		t.Errorf("the running task is %v, %v", got, err)
	}
	if got := end(t, r, running.ID); got.State != enttask.StateCANCELLED || got.Error != "" || !got.CancelRequested {
		t.Errorf("the running task ended %v", got)
	}
	again, err := r.Cancel(t.Context(), running.ID)
	if err != nil || again.State != enttask.StateCANCELLED {
		t.Errorf("cancelling what ended gives %v, %v", again, err)
	}
	if _, err := r.Cancel(t.Context(), 999); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("cancelling what is not there gives %v", err)
	}
}

func TestCancelWrittenByAnotherNodeIsSeen(t *testing.T) {
	db := databasetest.Open(t)
	r, _ := start(t, db)
	job, runs, _ := hold()
	row := begin(t, r, 1, job)
	until(t, runs)
	other := task.New(task.Options{DB: db, Node: func() int { return 1 }, Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if got, err := other.Cancel(t.Context(), row.ID); err != nil || !got.CancelRequested {
		t.Fatalf("got %v, %v", got, err)
	}
	if got := end(t, r, row.ID); got.State != enttask.StateCANCELLED {
		t.Errorf("the task ended %v", got)
	}
}

func TestAFailedTaskSaysWhy(t *testing.T) {
	r, _ := start(t, databasetest.Open(t))
	failed := begin(t, r, 1, func(context.Context, *task.Progress) error { return errors.New("read input: broken pipe") })
	if got := end(t, r, failed.ID); got.State != enttask.StateFAILED || got.Error != "read input: broken pipe" {
		t.Errorf("got %v", got)
	}
	panicked := begin(t, r, 1, func(context.Context, *task.Progress) error { panic("out of range") })
	if got := end(t, r, panicked.ID); got.State != enttask.StateFAILED || got.Error != "a fault of the program: out of range" {
		t.Errorf("got %v", got)
	}
	after := begin(t, r, 1, func(context.Context, *task.Progress) error { return nil })
	if got := end(t, r, after.ID); got.State != enttask.StateSUCCEEDED {
		t.Errorf("the group is stuck after a panic: %v", got)
	}
}

func TestWatchShowsProgressWhileItMoves(t *testing.T) {
	r, _ := start(t, databasetest.Open(t))
	step := make(chan struct{})
	row := begin(t, r, 1, func(ctx context.Context, p *task.Progress) error {
		for range step {
			p.Add(1, 0, 0)
		}
		return nil
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	states := r.Watch(ctx, row.ID)
	all := r.Watch(ctx, 0)
	if first := <-states; first == nil || first.Processed != 0 {
		t.Fatalf("began with %v", first)
	}
	for n := range int64(3) {
		began := time.Now()
		step <- struct{}{}
		for state := range states {
			if state.Processed == n+1 {
				break
			}
		}
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("step %d was told after %v", n, took)
		}
	}
	close(step)
	var last *ent.Task
	for state := range states {
		last = state
	}
	if last == nil || last.State != enttask.StateSUCCEEDED || last.Processed != 3 {
		t.Errorf("ended with %v", last)
	}
	for state := range all {
		if state.ID == row.ID && state.State == enttask.StateSUCCEEDED {
			break
		}
	}
	if ctx.Err() != nil {
		t.Error("the watcher of all tasks did not see the end")
	}
	if state, open := <-r.Watch(ctx, 999); open {
		t.Errorf("watching what is not there yields %v", state)
	}
}

func TestWhatAFormerProcessLeftIsFailed(t *testing.T) {
	db := databasetest.Open(t)
	var ids []int64
	for _, state := range []task.State{enttask.StateQUEUED, enttask.StateRUNNING, enttask.StateSUCCEEDED} {
		ids = append(ids, db.Task.Create().SetKind(enttask.KindDELETE_KEYS).SetGroupID(1).SetState(state).SaveX(t.Context()).ID)
	}
	r, _ := start(t, db)
	begin(t, r, 2, func(context.Context, *task.Progress) error { return nil })
	var got []string
	for _, id := range ids {
		row, err := r.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %q %t", row.State, row.Error, row.FinishedAt != nil))
	}
	interrupted := `FAILED "interrupted: the process stopped; run it again" true`
	want := []string{interrupted, interrupted, `SUCCEEDED "" false`}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestStoppingLeavesNoTaskRunning(t *testing.T) {
	db := databasetest.Open(t)
	r, stop := start(t, db)
	job, runs, _ := hold()
	begin(t, r, 1, job)
	until(t, runs)
	begin(t, r, 1, func(context.Context, *task.Progress) error {
		t.Error("a task began while the process was stopping")
		return nil
	})
	stop()
	for _, row := range db.Task.Query().AllX(t.Context()) {
		if row.State != enttask.StateFAILED || row.Error != "interrupted: the process stopped; run it again" {
			t.Errorf("task %d is %s: %s", row.ID, row.State, row.Error)
		}
	}
	if _, err := r.Start(t.Context(), task.Order{Kind: enttask.KindIMPORT_KEYS, GroupID: 1, Job: job}); !errors.Is(err, fault.ErrBusy) {
		t.Errorf("starting a task after the stop gives %v", err)
	}
}

func TestListIsNewestFirst(t *testing.T) {
	r, _ := start(t, databasetest.Open(t))
	var ids []int64
	for group := range int64(3) {
		row := begin(t, r, group%2+1, func(context.Context, *task.Progress) error { return nil })
		ids = append(ids, row.ID)
		end(t, r, row.ID)
	}
	all, err := r.List(t.Context(), 0, 2)
	if err != nil || len(all) != 2 || all[0].ID != ids[2] || all[1].ID != ids[1] {
		t.Errorf("got %v, %v", all, err)
	}
	one, err := r.List(t.Context(), 1, 20)
	if err != nil || len(one) != 2 || one[0].ID != ids[2] || one[1].ID != ids[0] {
		t.Errorf("got %v, %v", one, err)
	}
}

// A watcher sees the progress and the end of a task that another node runs, even of one that ends at once.
// Hundreds of groups may have tasks at once.
func TestEveryUnfinishedTaskIsWatchedHoweverManyThereAre(t *testing.T) {
	db := databasetest.Open(t)
	if db.Engine == database.SQLite {
		t.Skip("no other node shares a file")
	}
	r, _ := startWith(t, task.Options{DB: db, Dir: t.TempDir(), Node: func() int { return 1 }})
	begin(t, r, 1, func(context.Context, *task.Progress) error { return nil })
	queue := func(from, n int) {
		rows := make([]*ent.TaskCreate, n)
		for i := range rows {
			rows[i] = db.Task.Create().SetKind(enttask.KindIMPORT_KEYS).SetGroupID(int64(from + i)).SetNode(2)
		}
		db.Task.CreateBulk(rows...).ExecX(t.Context())
	}
	queue(1000, task.MostListed+1)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	seen, late := map[int64]bool{}, false
	for row := range r.Watch(ctx, 0) {
		seen[row.GroupID] = true
		if len(seen) >= task.MostListed+1 && !late {
			late = true
			queue(2000, 1)
		}
		if seen[2000] {
			return
		}
	}
	t.Errorf("of %d tasks %d were seen", task.MostListed+2, len(seen))
}

func TestATaskIsWatchedFromAnotherNode(t *testing.T) {
	db := databasetest.Open(t)
	if db.Engine == database.SQLite {
		t.Skip("SQLite has one node; TEST_DATABASE names another engine")
	}
	there, _ := startWith(t, task.Options{DB: db, Dir: t.TempDir(), Node: func() int { return 1 }})
	here, _ := start(t, db)
	all := here.Watch(t.Context(), 0)
	proceed := make(chan struct{})
	row := begin(t, there, 1, func(ctx context.Context, p *task.Progress) error {
		p.Add(3, 0, 0)
		<-proceed
		p.Add(4, 0, 0)
		return nil
	})
	one := here.Watch(t.Context(), row.ID)
	for name, states := range map[string]<-chan *ent.Task{"the one": one, "all": all} {
		for state := range states {
			if state.Processed == 3 {
				break
			}
		}
		t.Log("saw progress by watching", name)
	}
	close(proceed)
	for name, states := range map[string]<-chan *ent.Task{"the one": one, "all": all} {
		var last *ent.Task
		for last = range states {
			if last.State == enttask.StateSUCCEEDED {
				break
			}
		}
		if last == nil || last.ID != row.ID || last.Processed != 7 {
			t.Errorf("watching %s: %v", name, last)
		}
	}
}
