package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// integration asks which groups a proxy key opens; it returns name, channel type and path of each.
func (g *gateway) integration(path string, header ...string) (status int, groups string) {
	g.t.Helper()
	status, text, err := g.send(http.MethodGet, path, "", header...)
	if err != nil {
		g.t.Fatal(err)
	}
	var told struct {
		Data []struct {
			Name, Path  string
			ChannelType string `json:"channel_type"`
			DisplayName string `json:"display_name"`
		}
	}
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		g.t.Fatalf("%s: %v in %s", path, err, text)
	}
	for _, one := range told.Data {
		groups += fmt.Sprintf("%s %s %s; ", one.DisplayName, one.ChannelType, one.Path)
	}
	return status, groups
}

func TestOtherGatewaysLearnWhichGroupsAKeyOpens(t *testing.T) {
	g := start(t, nil)
	first := g.group("first", "OPENAI", "http://127.0.0.1:9/v1")
	g.group("second", "GEMINI", "http://127.0.0.1:9")
	third := g.group("third", "OPENAI", "http://127.0.0.1:9")
	hidden := g.group("hidden", "ANTHROPIC", "http://127.0.0.1:9")
	update := `mutation($id: ID!, $in: UpdateGroupInput!) { updateGroup(id: $id, input: $in) { id } }`
	g.do(update, map[string]any{"id": first, "in": map[string]any{"displayName": "The first"}})
	g.do(update, map[string]any{"id": third, "in": map[string]any{"validationPath": "/api/v3/chat/completions"}})
	g.do(update, map[string]any{"id": hidden, "in": map[string]any{"enabled": false}})
	const own = "proxy-key-of-the-third"
	g.do(`mutation($g: ID!, $v: String!) { createProxyKey(groupId: $g, value: $v) { value } }`, map[string]any{"g": third, "v": own})

	const (
		one   = "The first openai /proxy/first; "
		two   = "second gemini /proxy/second; "
		three = "third custom /proxy/third/api/v3/chat/completions; "
	)
	nobody := "Authorization: "
	for _, c := range []struct {
		name, path string
		header     []string
		status     int
		groups     string
	}{
		{"a global key", "/api/integration/info?key=" + g.proxy, []string{nobody}, http.StatusOK, one + two + three},
		{"as a Bearer", "/api/integration/info", []string{"Authorization: Bearer " + g.proxy}, http.StatusOK, one + two + three},
		{"a group's key", "/api/integration/info?key=" + own, []string{nobody}, http.StatusOK, three},
		{"of one group", "/proxy/second/api/integration/info?key=" + g.proxy, []string{nobody}, http.StatusOK, two},
		{"of a group it does not open", "/proxy/second/api/integration/info?key=" + own, []string{nobody}, http.StatusNotFound, ""},
		{"of a disabled group", "/proxy/hidden/api/integration/info?key=" + g.proxy, []string{nobody}, http.StatusNotFound, ""},
		{"nobody", "/api/integration/info", []string{nobody}, http.StatusUnauthorized, ""},
		{"the admin key", "/proxy/first/api/integration/info", []string{"Authorization: Bearer " + g.admin}, http.StatusUnauthorized, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, groups := g.integration(c.path, c.header...); status != c.status || groups != c.groups {
				t.Errorf("%d %s", status, groups)
			}
		})
	}
}
