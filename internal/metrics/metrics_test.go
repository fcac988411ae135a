package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

func options() Options {
	return Options{
		Figures:  func() proxycore.Figures { return proxycore.Figures{InFlight: 3, OpenStreams: 1, Strangers: 9} },
		Pipeline: func() Pipeline { return Pipeline{Waiting: 5, JournalBytes: 6} },
		Keys:     func(context.Context) ([]Keys, error) { return []Keys{{Group: "a", Active: 4, Cooling: 2}}, nil },
		Snapshot: func() Snapshot { return Snapshot{Since: 7} }, LinesLost: func() int64 { return 8 },
		Logger: slog.New(slog.DiscardHandler),
	}
}

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func record(group string, id int64) proxycore.Record {
	return proxycore.Record{Ended: time.Now(), Final: true, AttemptNumber: 1, GroupID: id, GroupName: group, ProxyKeyID: 1, Outcome: proxycore.OK,
		RequestBytes: 10, ResponseBytes: 20, Usage: dialect.Usage{Input: 1, Output: 2, Cached: 3, CacheWrite: 4, Reasoning: 5, Known: true}}
}

func TestNamesAndUnitsAreAsPrometheusWantsThem(t *testing.T) {
	m := New(options())
	m.Observe(record("a", 1))
	problems, err := promlint.New(strings.NewReader(scrape(t, m))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, namespace) {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestAnAggregateCountsTheRequestAndItsMemberTheAttempts(t *testing.T) {
	m := New(options())
	r := record("member", 2)
	r.ParentID, r.ParentName = 1, "all"
	retry := r
	retry.Final, retry.Outcome = false, proxycore.RateLimited
	probe := r
	probe.Probe = true
	stranger := r
	stranger.ProxyKeyID = 0
	for _, one := range []proxycore.Record{r, retry, probe, stranger} {
		m.Observe(one)
	}
	text := scrape(t, m)
	for _, line := range []string{
		`requests_total{group="all",outcome="OK"} 1`, `attempts_total{group="member",outcome="OK"} 1`, `attempts_total{group="member",outcome="RATE_LIMITED"} 1`,
		`tokens_total{group="all",kind="output"} 4`, `bytes_total{direction="response",group="all"} 20`, `stranger_requests_total 9`,
	} {
		if !strings.Contains(text, "\nroundhouse_"+line+"\n") {
			t.Errorf("there is no line %s in\n%s", line, text)
		}
	}
	if strings.Contains(text, `requests_total{group="member"`) {
		t.Error("a member's answer counts as a request of its own")
	}
}

func TestLabelsHaveABoundedNumberOfValues(t *testing.T) {
	m := New(options())
	for i := range 2 * mostGroups {
		m.Observe(record(fmt.Sprintf("group-%d", i), int64(i+1)))
		m.Observe(record(fmt.Sprintf("made-up-%d", i), 0))
	}
	text := scrape(t, m)
	if n := strings.Count(text, "\nroundhouse_requests_total{"); n != mostGroups+2 {
		t.Errorf("%d values", n)
	}
	if !strings.Contains(text, fmt.Sprintf("\nroundhouse_requests_total{group=\"other\",outcome=\"OK\"} %d\n", mostGroups)) || strings.Contains(text, "made-up") {
		t.Error("the rest is not together, or a client made up a value")
	}
}

func TestADatabaseThatIsAwayHidesOnlyTheKeys(t *testing.T) {
	o := options()
	o.Keys = func(context.Context) ([]Keys, error) { return nil, errors.New("away") }
	m := New(o)
	m.Observe(record("a", 1))
	text := scrape(t, m)
	if strings.Contains(text, "roundhouse_keys{") || !strings.Contains(text, "\nroundhouse_requests_in_flight 3\n") || !strings.Contains(text, "\nroundhouse_log_journal_bytes 6\n") {
		t.Errorf("scraped\n%s", text)
	}
}

func TestTheDashboardAsksForMetricsThatThereAre(t *testing.T) {
	content, err := os.ReadFile("../../docs/grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(content) {
		t.Fatal("the dashboard is no JSON")
	}
	m := New(options())
	m.Observe(record("a", 1))
	text := scrape(t, m)
	asked := regexp.MustCompile(`roundhouse_[a-z_]+`).FindAllString(string(content), -1)
	for _, name := range asked {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("the dashboard asks for %s, which is not there", name)
		}
	}
	if len(asked) < 20 {
		t.Errorf("the dashboard asks for %d metrics", len(asked))
	}
}
