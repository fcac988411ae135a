package sdktest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// runNode runs the suite of the npm clients, which is told where things are by its environment; without a gateway it
// tells every story straight to the upstream, twice.
func runNode(t *testing.T, gateway *gateway, proxyKey string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		leaveOut(t, "the npm clients (openai, @anthropic-ai/sdk, @google/genai): there is no node; install Node 20 or later")
	}
	installPackages(t)
	upstream := startUpstream(t)
	environment := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "UPSTREAM_URL=" + upstream, "UPSTREAM_KEYS=" + strings.Join(pool(), ","),
	}
	if gateway != nil {
		createNodeGroups(t, gateway, upstream)
		environment = append(environment, "GATEWAY_URL="+gateway.url, "PROXY_KEY="+proxyKey)
	}
	suite := exec.CommandContext(t.Context(), node, "--test", "--test-concurrency=1", "--test-timeout=20000", "--test-reporter=spec")
	suite.Dir = "node"
	suite.Env = environment
	output, err := suite.CombinedOutput()
	if err != nil {
		t.Errorf("the npm clients: %v\n%s", err, output)
	}
	// A run that finds no test ends well, too.
	if !regexp.MustCompile(`pass [1-9]`).Match(output) {
		t.Errorf("no test of the npm clients passed:\n%s", output)
	}
}

// leaveOut ends the test and says what was not tested, which is a failure where everything must be.
func leaveOut(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("left out ", what)
	}
	t.Skip("left out ", what)
}

// installPackages installs what package-lock.json pins, unless it is there already.
func installPackages(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node", "node_modules")); err == nil {
		return
	}
	install := exec.CommandContext(t.Context(), "npm", "ci")
	install.Dir = "node"
	if output, err := install.CombinedOutput(); err != nil {
		t.Fatalf("install the npm clients: %v\n%s", err, output)
	}
}

// startUpstream runs the scripted upstream as a process until the test ends, and returns its URL.
func startUpstream(t *testing.T) string {
	t.Helper()
	process := exec.Command(build(t, "./internal/upstreamtest/upstream"), "--keys", strings.Join(pool(), ","))
	process.Stderr = os.Stderr
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatalf("start the upstream: %v", err)
	}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() { stop(t, process, ended) })
	if err != nil {
		t.Fatalf("read the upstream's address: %v", err)
	}
	return "http://" + strings.TrimSpace(address)
}

func createNodeGroups(t *testing.T, gateway *gateway, upstream string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("node", "groups.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dialects map[string]string
	if err := json.Unmarshal(text, &dialects); err != nil {
		t.Fatalf("read the groups of the npm suite: %v", err)
	}
	for name, dialect := range dialects {
		gateway.createGroup(t, name, dialect, upstream)
	}
}
