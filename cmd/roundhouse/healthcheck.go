package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"roundhouse/internal/config"
)

// healthcheck asks the gateway of this configuration for /ready; containers have no curl.
func healthcheck(ctx context.Context, conf config.Config, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, reachable(conf.Host, strconv.Itoa(conf.Port))+"/ready", nil)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err)
		return exitFailed
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil}}
	answer, err := client.Do(request)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err)
		return exitFailed
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		_, _ = fmt.Fprintln(stderr, "not ready:", answer.Status)
		return exitFailed
	}
	_, _ = fmt.Fprintln(stdout, "ready")
	return exitOK
}
