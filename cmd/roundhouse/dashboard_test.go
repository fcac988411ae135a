package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/upstreamtest"
)

func TestTheDashboardShowsWhatHappened(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	keys := keyNames(2)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keys...)
	other := g.group("idle", "OPENAI", upstream.URL+"/v1")
	upstream.Always(keys[0], upstreamtest.Answer{Status: http.StatusUnauthorized})
	for range 4 {
		if status, body := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	span := map[string]any{"g": id, "f": time.Now().Add(-2 * time.Hour).Format(time.RFC3339), "t": time.Now().Add(time.Minute).Format(time.RFC3339)}
	number := func(v any) int64 {
		n, err := v.(json.Number).Int64()
		if err != nil {
			t.Error(err)
		}
		return n
	}
	total := func(points any) (requests, retries int64) {
		for _, p := range points.([]any) {
			point := p.(map[string]any)
			requests += number(point["successes"]) + number(point["failures"]) + number(point["clientFaults"])
			retries += number(point["retries"])
		}
		return requests, retries
	}
	var data map[string]any
	there := false
	g.await("the rollups to have it", func() bool {
		asked := there // what one answer holds was read at different moments: the next one holds all
		data = g.do(`query($g: ID!, $f: Time!, $t: Time!) {
			traffic(groupId: $g, from: $f, to: $t, bucket: MINUTE) { ...p }
			byDay: traffic(from: $f, to: $t, bucket: DAY, timeZone: "Asia/Tokyo") { ...p }
			byGroup: trafficBy(by: GROUP, from: $f, to: $t) { name group { id } points { ...p } }
			byModel: breakdown(by: MODEL, from: $f, to: $t, groupId: $g) { name requests previousRequests p95Ms group { id } }
			byStatus: breakdown(by: STATUS, from: $f, to: $t) { name requests retries }
			byProxyKey: breakdown(by: PROXY_KEY, from: $f, to: $t) { name requests }
			groups { name spark(window: HOUR) { ...p } p95Ms(window: HOUR) recentModels }
			failingKeys(since: $f) { key { id status } failures lastStatusCode }
			liveHistory { time requestsPerSecond keyCounts { total } }
		} fragment p on TrafficPoint { time successes failures retries clientFaults rateLimited p50Ms }`, span)
		requests, _ := total(data["traffic"])
		there = requests == 4 && len(data["liveHistory"].([]any)) > 0
		return asked && there
	})
	if points := data["traffic"].([]any); len(points) != 121 && len(points) != 122 {
		t.Errorf("%d minutes", len(points))
	}
	_, retried := total(data["traffic"])
	if retried < 1 {
		t.Errorf("%v retries", retried)
	}
	if requests, retries := total(data["byDay"]); requests != 4 || retries != retried {
		t.Errorf("by day %v and %v", requests, retries)
	}
	series := data["byGroup"].([]any)
	first, rest := series[0].(map[string]any), series[len(series)-1].(map[string]any)
	if requests, _ := total(first["points"]); len(series) != 2 || first["name"] != "openai" || first["group"].(map[string]any)["id"] != id || requests != 4 || rest["name"] != "OTHER" || rest["group"] != nil {
		t.Errorf("by group %v", series)
	}
	model := data["byModel"].([]any)[0].(map[string]any)
	if model["name"] != "gpt-4.1-nano" || number(model["requests"]) != 4 || model["p95Ms"] == nil || model["group"] != nil {
		t.Errorf("by model %v", model)
	}
	if got := fmt.Sprint(data["byStatus"]); !strings.Contains(got, "name:200 requests:4 retries:0") || !strings.Contains(got, "name:401 requests:0") {
		t.Errorf("by status %s", got)
	}
	if key := data["byProxyKey"].([]any)[0].(map[string]any); number(key["requests"]) != 4 || strings.Contains(key["name"].(string), "#") || key["name"] == g.proxy {
		t.Errorf("by proxy key %v", key)
	}
	for _, of := range data["groups"].([]any) {
		group := of.(map[string]any)
		requests, _ := total(group["spark"])
		models := fmt.Sprint(group["recentModels"])
		if (group["p95Ms"] != nil) != (requests > 0) {
			t.Errorf("%v: 95th percentile %v of %v requests", group["name"], group["p95Ms"], requests)
		}
		if points := len(group["spark"].([]any)); points != 24 || group["name"] == "openai" && (requests != 4 || models != "[gpt-4.1-nano]") || group["name"] == "idle" && (requests != 0 || models != "[]") {
			t.Errorf("%v: %d points, %v requests, models %s", group["name"], points, requests, models)
		}
	}
	failing := data["failingKeys"].([]any)
	if len(failing) != 1 || number(failing[0].(map[string]any)["lastStatusCode"]) != 401 || number(failing[0].(map[string]any)["failures"]) != retried {
		t.Errorf("failing keys %v after %v retries", failing, retried)
	}
	for name, query := range map[string]string{
		"traffic.model":   `{ traffic(groupId: "` + other + `", model: "m", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z") { time } }`,
		"to":              `{ traffic(from: "2025-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z") { time } }`,
		"timeZone":        `{ traffic(from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", timeZone: "Asia/Kolkata") { time } }`,
		"breakdown.first": `{ breakdown(by: MODEL, from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", first: 51) { name } }`,
	} {
		_, errs := g.try(query, nil)
		field := name[strings.Index(name, ".")+1:]
		if len(errs) != 1 || errs[0].Extensions["code"] != "BAD_INPUT" || errs[0].Extensions["field"] != field {
			t.Errorf("%s: %+v", name, errs)
		}
	}
}
