package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"roundhouse/internal/config"
	"roundhouse/internal/fault"
	"roundhouse/internal/portable"
)

// runningGateway is the admin API of a gateway that runs elsewhere.
type runningGateway struct {
	url, key string
	client   *http.Client
}

// findGateway returns the gateway that answers where this configuration's would, nil when nobody does.
func findGateway(ctx context.Context, conf config.Config) (*runningGateway, error) {
	g := &runningGateway{url: adminURL(conf), client: &http.Client{Transport: &http.Transport{Proxy: nil}}}
	ask, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ask, http.MethodGet, g.url+"/health", nil)
	if err != nil {
		return nil, err
	}
	answer, err := g.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, nil
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, nil // somebody else's server
	}
	if g.key = conf.AuthKey.Reveal(); g.key == "" {
		kept, err := os.ReadFile(filepath.Join(conf.DataDir, "auth_key"))
		if err != nil {
			return nil, fmt.Errorf("a gateway answers at %s, and its admin key is not known: give AUTH_KEY in the environment, or the --data-dir that holds auth_key", g.url)
		}
		g.key = strings.TrimSpace(string(kept))
	}
	return g, nil
}

// adminURL is where the admin API of this configuration's gateway is reached from here.
func adminURL(conf config.Config) string {
	if conf.ConsoleAddr == "" {
		return reachable(conf.Host, strconv.Itoa(conf.Port))
	}
	host, port, _ := net.SplitHostPort(conf.ConsoleAddr)
	return reachable(host, port)
}

// reachable is the URL of a listener of this machine; one on every address is reached by loopback.
func reachable(host, port string) string {
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Export implements configurer.
func (g *runningGateway) Export(ctx context.Context, secrets bool) (portable.Document, error) {
	body, err := g.ask(ctx, http.MethodGet, "/export/configuration", url.Values{"secrets": {strconv.FormatBool(secrets)}}, nil)
	if err != nil {
		return portable.Document{}, err
	}
	return portable.Read(bytes.NewReader(body))
}

// Apply implements configurer.
func (g *runningGateway) Apply(ctx context.Context, d portable.Document, m portable.Manner) (report portable.Report, err error) {
	var out bytes.Buffer
	if err := portable.Write(&out, d); err != nil {
		return report, err
	}
	query := url.Values{"dryRun": {strconv.FormatBool(m.DryRun)}, "prune": {strconv.FormatBool(m.Prune)}}
	body, err := g.ask(ctx, http.MethodPost, "/import/configuration", query, &out)
	if err != nil {
		return report, err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&report); err != nil {
		return report, fmt.Errorf("read the answer of %s: %w", g.url, err)
	}
	return report, nil
}

// ask sends one request and returns the body of a good answer. A refusal for the input's sake is a *fault.Input.
func (g *runningGateway) ask(ctx context.Context, method, path string, query url.Values, in io.Reader) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, g.url+path+"?"+query.Encode(), in)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+g.key)
	answer, err := g.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the gateway that runs: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", g.url, err)
	}
	switch answer.StatusCode {
	case http.StatusOK:
		return body, nil
	case http.StatusUnauthorized:
		return nil, fmt.Errorf("the gateway at %s does not take this admin key: is it another installation? --port and --data-dir name the one you mean", g.url)
	}
	return nil, g.refusal(answer.Status, body)
}

// refusal reads the errors of the admin API.
func (g *runningGateway) refusal(status string, body []byte) error {
	var said struct {
		Errors []struct {
			Message    string
			Extensions struct {
				Errors []struct{ Path, Message string }
			}
		}
	}
	if json.Unmarshal(body, &said) != nil || len(said.Errors) == 0 {
		return fmt.Errorf("what answers at %s with %s is no Roundhouse of this version", g.url, status)
	}
	var faults fault.List
	for _, f := range said.Errors[0].Extensions.Errors {
		faults.Add(f.Path, fault.BadForm, nil, "%s", f.Message)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return errors.New("the gateway at " + g.url + " says: " + said.Errors[0].Message)
}
