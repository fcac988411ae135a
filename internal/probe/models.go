package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// modelLists are where each dialect lists its models: the first address that answers counts. Which of OpenAI's two works
// depends on whether the group's base URL names a version.
var modelLists = map[dialect.Name][]string{
	dialect.OpenAI:          {"/v1/models", "/models"},
	dialect.OpenAIResponses: {"/v1/models", "/models"},
	dialect.Anthropic:       {"/v1/models?limit=1000"},
	dialect.Gemini:          {"/v1beta/models?pageSize=1000"},
}

// longestList bounds what is read of a list, in bytes: aggregators of providers list thousands of models.
const longestList = 4 << 20

// Models asks with a key which models the group's upstream lists, in its order, and changes nothing by the answer. refusal
// says, without any secret, why there was no list; the error that nobody could be asked.
func (p *Prober) Models(ctx context.Context, keyID int64) (models []string, refusal string, err error) {
	key, err := p.keys.Plain(ctx, keyID)
	if err != nil {
		return nil, "", err
	}
	plan, err := p.plan(ctx, key.GroupID)
	if err != nil {
		return nil, "", err
	}
	d, ok := dialect.ByName(plan.Dialect)
	if !ok {
		return nil, "", fmt.Errorf("list the models of group %d: unknown dialect %q", key.GroupID, plan.Dialect)
	}
	header := d.Probe("", "").Header
	header.Del("Content-Type")
	for _, path := range modelLists[plan.Dialect] {
		result, err := p.sender.Send(ctx, proxycore.SendRequest{
			GroupID: key.GroupID, KeyID: key.ID, Key: key.Text, KeyDigest: key.Digest,
			Method: http.MethodGet, Path: path, Header: header, Probe: true, Timeout: plan.Timeout,
			MaxBody: longestList,
		})
		var unanswered *proxycore.SendError
		switch {
		case errors.As(err, &unanswered):
			return nil, unanswered.Reason, nil
		case err != nil:
			return nil, "", fmt.Errorf("list the models of group %d: %w", key.GroupID, err)
		case result.Status == http.StatusOK:
			return modelNames(result.Body), "", nil
		}
		refusal = strings.TrimSpace(fmt.Sprintf("%d %s", result.Status, result.Fault.Message))
		if result.Status != http.StatusNotFound {
			break
		}
	}
	return nil, refusal, nil
}

// modelNames reads the names of a list, as far as it came: one beyond longestList is cut short.
func modelNames(body []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	names := []string{}
	if !toList(decoder) {
		return names
	}
	for decoder.More() {
		var model struct{ ID, Name string }
		if decoder.Decode(&model) != nil {
			break
		}
		if model.ID == "" {
			model.ID = strings.TrimPrefix(model.Name, "models/")
		}
		if model.ID != "" {
			names = append(names, model.ID)
		}
	}
	return names
}

// toList reads up to the first entry of the list: that of the member data or models, or the whole.
func toList(decoder *json.Decoder) bool {
	token, err := decoder.Token()
	for err == nil && token != json.Delim('[') {
		if token == json.Delim('{') || token == json.Delim('}') {
			token, err = decoder.Token()
			continue
		}
		if token == "data" || token == "models" {
			token, err = decoder.Token()
			continue
		}
		var skipped json.RawMessage
		if err = decoder.Decode(&skipped); err == nil {
			token, err = decoder.Token()
		}
	}
	return err == nil
}
