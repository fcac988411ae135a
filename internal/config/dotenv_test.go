package config

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDotEnvForms(t *testing.T) {
	got, err := LoadDotEnv(strings.NewReader("\ufeff# a comment\r\n" +
		"PLAIN=a b  # comment\r\n" +
		"\n" +
		"  export SPACED = x#y\n" +
		"exported=1\n" +
		"EMPTY=\n" +
		"ONLY_COMMENT= # nothing\n" +
		`SINGLE='a # "b" \n $C' # comment` + "\n" +
		`DOUBLE="a # \"b\"\n\\\$C"` + "\n" +
		"EQUALS=a=b=c"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"PLAIN": "a b", "SPACED": "x#y", "exported": "1", "EMPTY": "", "ONLY_COMMENT": "",
		"SINGLE": `a # "b" \n $C`, "DOUBLE": "a # \"b\"\n\\$C", "EQUALS": "a=b=c",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestDotEnvFaultsNameTheLineAndNoValue(t *testing.T) {
	const secret = "hunter-two"
	for _, c := range []struct{ line, says string }{
		{secret, "no ="},
		{"A B=" + secret, "no name"},
		{"1A=" + secret, "no name"},
		{"=" + secret, "no name"},
		{`A="` + secret, "closing quote is missing"},
		{`A="` + secret + `\`, "closing quote is missing"},
		{`A='` + secret, "closing quote is missing"},
		{`A="` + secret + `" b`, "follows the closing quote"},
		{`A="` + secret + `\x"`, "unknown escape"},
		{"A=" + secret + "\x00", "NUL"},
		{"FIRST=" + secret, "given in line 1 already"},
	} {
		values, err := LoadDotEnv(strings.NewReader("FIRST=1\n\n" + c.line + "\n"))
		if err == nil || !strings.Contains(err.Error(), "line 3: ") || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", c.line, err)
		}
		if values != nil {
			t.Errorf("%q: returned %v besides the error", c.line, values)
		}
	}
	_, err := LoadDotEnv(strings.NewReader("a\nb\n"))
	if err == nil || !strings.Contains(err.Error(), "line 1") || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("not all at once: %v", err)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	if values, err := ReadDotEnv(path); err != nil || len(values) != 0 {
		t.Fatalf("a missing file: %v, %v", values, err)
	}
	if err := os.WriteFile(path, []byte("PORT=1\nHOST=localhost\nTZ=UTC\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	values, err := ReadDotEnv(path)
	if err != nil {
		t.Fatal(err)
	}
	getenv := Under(from(map[string]string{"PORT": "2", "HOST": ""}), values)
	for name, want := range map[string]string{"PORT": "2", "HOST": "localhost", "TZ": "UTC", "NONE": ""} {
		if got := getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if err := os.WriteFile(path, []byte("PORT"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadDotEnv(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a faulty file: %v", err)
	}
}
