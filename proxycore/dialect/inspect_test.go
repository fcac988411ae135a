package dialect

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
)

// inspect runs an inspection over the body in pieces of that size, or whole when it is 0.
func inspect(d Dialect, h Head, body string, piece int) *Inspection {
	n := &Inspection{}
	n.Begin(d, h)
	for len(body) > 0 {
		size := len(body)
		if piece > 0 {
			size = min(piece, size)
		}
		_, _ = n.Write([]byte(body[:size]))
		body = body[size:]
	}
	return n
}

func posted(path string) Head {
	path, query, _ := strings.Cut(path, "?")
	return Head{Method: "POST", Path: path, Query: query, ContentType: "application/json"}
}

func TestInspectionReadsRequests(t *testing.T) {
	tests := []struct {
		name    string
		dialect Name
		head    Head
		body    string
		want    Facts
	}{
		{"chat", OpenAI, posted("/v1/chat/completions"), `{"messages":[],"stream":true,"model":"gpt-test"}`,
			Facts{Target: Target{Inference: true}, Model: "gpt-test", Stream: true}},
		{"chat without a version, stream false", OpenAI, posted("/chat/completions"), `{"model":"gpt-test","stream":false}`,
			Facts{Target: Target{Inference: true}, Model: "gpt-test"}},
		{"a deployment of Azure's", OpenAI, posted("/openai/deployments/d/chat/completions?api-version=1"), `{"stream" : true}`,
			Facts{Target: Target{Inference: true}, Stream: true}},
		{"response that goes on", OpenAIResponses, posted("/v1/responses"), `{"model":"m","previous_response_id":"resp_1"}`,
			Facts{Target: Target{Inference: true, Creates: true}, Model: "m", Object: "resp_1"}},
		{"a thread keeps its messages", OpenAI, posted("/v1/threads/thread_1/messages"), `{"role":"user"}`,
			Facts{Target: Target{Object: "thread_1"}, Object: "thread_1"}},
		{"batch", OpenAI, posted("/v1/batches"), `{"input_file_id":"file-1","endpoint":"/v1/chat/completions"}`,
			Facts{Target: Target{Creates: true}, Object: "file-1"}},
		{"file's content", OpenAI, Head{Method: "GET", Path: "/v1/files/file-1/content"}, ``,
			Facts{Target: Target{Object: "file-1"}, Object: "file-1"}},
		{"batch told of", OpenAI, Head{Method: "GET", Path: "/v1/batches/batch_1"}, ``,
			Facts{Target: Target{Object: "batch_1", Creates: true}, Object: "batch_1"}},
		{"model list", OpenAI, Head{Method: "GET", Path: "/v1/models/"}, ``, Facts{Target: Target{ModelList: true}}},
		{"a response streamed again", OpenAI, Head{Method: "GET", Path: "/v1/responses/resp_1", Query: "a=1&stream=true"}, ``,
			Facts{Target: Target{Object: "resp_1", Stream: true}, Object: "resp_1", Stream: true}},
		{"messages", Anthropic, posted("/v1/messages"), `{"max_tokens":1,"model":"claude-test","stream":true}`,
			Facts{Target: Target{Inference: true}, Model: "claude-test", Stream: true}},
		{"count_tokens", Anthropic, posted("/v1/messages/count_tokens?beta=true"), `{"model":"claude-test"}`,
			Facts{Target: Target{Inference: true}, Model: "claude-test"}},
		{"message batches", Anthropic, posted("/v1/messages/batches"), `{"requests":[{"params":{"model":"no"}}]}`,
			Facts{Target: Target{Creates: true}}},
		{"a batch's results", Anthropic, Head{Method: "GET", Path: "/v1/messages/batches/msgbatch_1/results"}, ``,
			Facts{Target: Target{Object: "msgbatch_1"}, Object: "msgbatch_1"}},
		{"generateContent", Gemini, posted("/v1beta/models/gemini-test:generateContent"), `{"contents":[]}`,
			Facts{Target: Target{Inference: true, Model: "gemini-test", ModelSpan: Span{15, 26}}, Model: "gemini-test"}},
		{"streamGenerateContent", Gemini, posted("/v1beta/models/g%2Dx:streamGenerateContent?alt=sse"), `{"cachedContent":"cachedContents/c1"}`,
			Facts{Target: Target{Inference: true, Stream: true, Model: "g-x", ModelSpan: Span{15, 20}}, Model: "g-x", Stream: true, Object: "cachedContents/c1"}},
		{"its version in the upstream's address", Gemini, posted("/models/g:generateContent"), `{}`,
			Facts{Target: Target{Inference: true, Model: "g", ModelSpan: Span{8, 9}}, Model: "g"}},
		{"behind a base path", Gemini, posted("/some/v1/projects/p/models/g:3:generateContent"), `{}`,
			Facts{Target: Target{Inference: true, Model: "g:3", ModelSpan: Span{27, 30}}, Model: "g:3"}},
		{"OpenAI's shape, its version in the upstream's address", Gemini, posted("/openai/chat/completions"), `{"model":"g"}`,
			Facts{Target: Target{Inference: true, Compatible: true}, Model: "g"}},
		{"OpenAI's shape at Gemini", Gemini, posted("/v1beta/openai/chat/completions"), `{"model":"models/gemini-test"}`,
			Facts{Target: Target{Inference: true, Compatible: true}, Model: "gemini-test"}},
		{"a file of Gemini's", Gemini, Head{Method: "GET", Path: "/v1beta/files/f1:download", Query: "alt=media"}, ``,
			Facts{Target: Target{Object: "files/f1"}, Object: "files/f1"}},
		{"an upload that goes on", Gemini, posted("/upload/v1beta/files?upload_id=u1&upload_protocol=resumable"), ``,
			Facts{Target: Target{Object: "u1", Creates: true}, Object: "u1"}},
		{"an operation", Gemini, Head{Method: "GET", Path: "/v1beta/models/veo/operations/o1"}, ``,
			Facts{Target: Target{Object: "models/veo/operations/o1"}, Object: "models/veo/operations/o1"}},
		{"a further page of models", Gemini, Head{Method: "GET", Path: "/v1beta/models", Query: "pageSize=9&pageToken=t"}, ``,
			Facts{Target: Target{ModelList: true}}},
		{"interaction that goes on", Gemini, posted("/v1beta/interactions"), `{"model":"gemini-test","previous_interaction_id":"i1"}`,
			Facts{Target: Target{Inference: true, Creates: true}, Model: "gemini-test", Object: "i1"}},
		{"a socket", OpenAI, Head{Method: "GET", Path: "/v1/realtime", Query: "x=1&model=gpt%2Drealtime"}, ``,
			Facts{Target: Target{Model: "gpt-realtime"}, Model: "gpt-realtime"}},
		{"path and body disagree", Gemini, posted("/v1beta/models/a:countTokens"), `{"generateContentRequest":{"model":"models/b"}}`,
			Facts{Target: Target{Inference: true, Model: "a", ModelSpan: Span{15, 16}}, Model: "a", Ambiguous: true}},
		{"no JSON", OpenAI, posted("/v1/chat/completions"), `model=gpt-test`, Facts{Target: Target{Inference: true}}},
		{"no string", OpenAI, posted("/v1/chat/completions"), `{"model":["gpt-test"],"stream":"yes"}`, Facts{Target: Target{Inference: true}}},
		{"two models", OpenAI, posted("/v1/chat/completions"), `{"model":"a","model":"b"}`,
			Facts{Target: Target{Inference: true}, Model: "b", Ambiguous: true}},
		{"another case", OpenAI, posted("/v1/chat/completions"), `{"model":"a","Model":"b"}`,
			Facts{Target: Target{Inference: true}, Model: "a", Ambiguous: true}},
		{"escapes", OpenAI, posted("/v1/chat/completions"), `{"mod\u0065l":"gpt\u002dtest\u00fc"}`,
			Facts{Target: Target{Inference: true}, Model: "gpt-testü"}},
		{"too long a name", OpenAI, posted("/v1/chat/completions"), `{"model":"` + strings.Repeat("m", 257) + `"}`,
			Facts{Target: Target{Inference: true, LongModel: strings.Repeat("m", 252) + "…"}}},
		{"longer than what is kept, cut between runes", OpenAI, posted("/v1/chat/completions"), `{"model":"m` + strings.Repeat("語", 300) + `"}`,
			Facts{Target: Target{Inference: true, LongModel: "m" + strings.Repeat("語", 83) + "…"}}},
		{"cut within an escape", OpenAI, posted("/v1/chat/completions"), `{"model":"m` + strings.Repeat(`\u00fc`, 300) + `"}`,
			Facts{Target: Target{Inference: true, LongModel: "m" + strings.Repeat("ü", 85) + "…"}}},
		{"too long behind its prefix", Gemini, posted("/v1beta/openai/chat/completions"), `{"model":"models/` + strings.Repeat("m", 260) + `"}`,
			Facts{Target: Target{Inference: true, Compatible: true, LongModel: strings.Repeat("m", 252) + "…"}}},
		{"too long a name for a socket", OpenAI, Head{Method: "GET", Path: "/v1/realtime", Query: "model=" + strings.Repeat("m", 257)}, ``,
			Facts{Target: Target{LongModel: strings.Repeat("m", 252) + "…", TwoModels: true}, Ambiguous: true}},
		{"too long for a name and no text", OpenAI, posted("/v1/chat/completions"), `{"model":[` + strings.Repeat("1,", 300) + `1]}`,
			Facts{Target: Target{Inference: true}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _ := ByName(test.dialect)
			test.want.FirstPage = test.head.Query == "" || !strings.Contains(test.head.Query, "pageToken")
			test.want.Understood = test.body == "" || test.body[0] == '{'
			for _, piece := range []int{0, 1, 7} {
				if got := inspect(d, test.head, test.body, piece).Facts(); got != test.want {
					t.Errorf("in pieces of %d:\n got %+v\nwant %+v", piece, got, test.want)
				}
			}
		})
	}
}

// audio is a transcription request: a file with line ends and dashes in it, and fields around it.
func audio(t *testing.T, fields ...string) (Head, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	file, err := w.CreateFormFile("file", "model")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write([]byte("RIFF\r\n--" + w.Boundary()[:20] + "\r\n\r\r\n--" + w.Boundary() + "x\r\nname=\"model\"\r\n\r\nno"))
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return Head{Method: "POST", Path: "/v1/audio/transcriptions", ContentType: w.FormDataContentType()}, b.String()
}

func TestInspectionReadsForms(t *testing.T) {
	head, body := audio(t, "model", "whisper-test", "language", "", "stream", "true")
	for piece := range len(body) + 1 {
		n := inspect(openAI{}, head, body, piece)
		f := n.Facts()
		if f.Model != "whisper-test" || !f.Stream || !f.Understood || f.Ambiguous || !f.Inference {
			t.Fatalf("in pieces of %d: %+v", piece, f)
		}
		_, edits, ok := n.Rename("other <model>")
		want := strings.Replace(body, "whisper-test", "other <model>", 1)
		if got := string(edits.Append(nil, []byte(body))); !ok || got != want {
			t.Fatalf("in pieces of %d: renamed to %q", piece, got)
		}
	}
	if f := inspect(openAI{}, head, body[:len(body)-5], 0).Facts(); f.Understood || f.Model != "" {
		t.Errorf("understood a form without its end: %+v", f)
	}
	head, body = audio(t, "model", "a", "model", "b")
	if f := inspect(openAI{}, head, body, 0).Facts(); f.Model != "b" || !f.Ambiguous {
		t.Errorf("two models: %+v", f)
	}
	head, body = audio(t, "model", "")
	n := inspect(openAI{}, head, body, 0)
	_, edits, _ := n.Rename("m")
	if want := strings.Replace(body, "\"model\"\r\n\r\n\r\n", "\"model\"\r\n\r\nm\r\n", 1); string(edits.Append(nil, []byte(body))) != want {
		t.Errorf("an empty model renamed to %q", edits.Append(nil, []byte(body)))
	}
}

func TestRenameTouchesNothingElse(t *testing.T) {
	tests := []struct {
		name       string
		dialect    Dialect
		head       Head
		body, path string
		want       string
	}{
		{"body", openAI{}, posted("/v1/chat/completions"), `{"seed":9007199254740993, "model" :"a","x":"<&>\u00e9"}`, "/v1/chat/completions",
			`{"seed":9007199254740993, "model" :"b/<\"c\">","x":"<&>\u00e9"}`},
		{"duplicates", openAI{}, posted("/v1/chat/completions"), `{"model":"a","mod\u0065l":null}`, "/v1/chat/completions",
			`{"model":"b/<\"c\">","mod\u0065l":"b/<\"c\">"}`},
		{"path", gemini{}, posted("/v1beta/models/a:generateContent"), `{"contents":[]}`, "/v1beta/models/b%2F%3C%22c%22%3E:generateContent", `{"contents":[]}`},
		{"path and body", gemini{}, posted("/v1beta/models/a:embedContent"), `{"model":"models/a"}`, "/v1beta/models/b%2F%3C%22c%22%3E:embedContent",
			`{"model":"models/b/<\"c\">"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path, edits, ok := inspect(test.dialect, test.head, test.body, 0).Rename(`b/<"c">`)
			if got := string(edits.Append(nil, []byte(test.body))); !ok || got != test.want || path != test.path {
				t.Errorf("got %v %s %s\nwant %s %s", ok, path, got, test.path, test.want)
			}
			if len(test.body)+edits.Delta() != len(test.want) {
				t.Errorf("delta %d", edits.Delta())
			}
		})
	}
	if _, _, ok := inspect(openAI{}, posted("/v1/files"), `{}`, 0).Rename("b"); ok {
		t.Error("renamed a model where there is none")
	}
}

func TestRenameQuery(t *testing.T) {
	n := inspect(openAI{}, Head{Method: "GET", Path: "/v1/realtime", Query: "key=k&b=%20&model=a&&c"}, "", 0)
	if _, _, ok := n.Rename("b c"); !ok {
		t.Error("the query's model cannot be renamed")
	}
	for query, want := range map[string]string{
		"b=%20&model=a&&c": "b=%20&model=b+c&&c", "model=a": "model=b+c", "xmodel=a&model=": "xmodel=a&model=b+c", "b": "b", "": "",
	} {
		if got := n.RenameQuery(query, "b c"); got != want {
			t.Errorf("%q became %q, want %q", query, got, want)
		}
	}
	n = inspect(openAI{}, posted("/v1/chat/completions?model=x"), `{"model":"a"}`, 0)
	if got := n.RenameQuery("model=x", "b"); got != "model=x" {
		t.Errorf("renamed a parameter that names no model: %q", got)
	}
}

func BenchmarkInspection(b *testing.B) {
	n := &Inspection{}
	body := chatBody(1<<10, true)
	for _, bench := range []struct {
		d    Dialect
		head Head
	}{
		{openAI{}, posted("/v1/chat/completions")}, {anthropic{}, posted("/v1/messages")},
		{gemini{}, posted("/v1beta/models/gemini-test:streamGenerateContent?alt=sse")},
	} {
		b.Run(string(bench.d.Name()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n.Begin(bench.d, bench.head)
				_, _ = n.Write(body)
				if f := n.Facts(); !f.Stream {
					b.Fatal("no stream")
				}
			}
		})
	}
}

func TestInspectionDoesNotAllocateForTheBody(t *testing.T) {
	n := &Inspection{}
	body := chatBody(100<<10, true)
	var d Dialect = openAI{}
	head := posted("/v1/chat/completions")
	allocations := testing.AllocsPerRun(100, func() {
		n.Begin(d, head)
		_, _ = n.Write(body)
		if n.Facts().Model != "gpt-test" {
			t.Fatal("no model")
		}
	})
	if allocations > 1 { // the model's name
		t.Errorf("%v allocations", allocations)
	}
}

// FuzzForm holds the form reader to itself for any pieces, and to mime/multipart.
func FuzzForm(f *testing.F) {
	f.Add("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b--\r\n", uint8(3))
	f.Add("--b\r\ncontent-disposition: form-data; name=model; filename=x\r\n\r\n\r\n--\r\n--bb\r\n--b \r\n\r\n--b--", uint8(1))
	f.Add("junk\r\n--b\r\n\r\n\r\n--b-\r\n--b--", uint8(2))
	f.Add("--b \nContent-Disposition: form-data; name=model\r\n\r\n0\r\n--b--", uint8(1))
	f.Add("--b\nContent-Disposition: form-data; name=model\n\n0\r\n--b--", uint8(1))
	f.Add("--b\r\nContent-Disposition: form-data; name=model\n\n0\r\n\r\n1\r\n--b--", uint8(1))
	f.Fuzz(func(t *testing.T, body string, piece uint8) {
		head := Head{ContentType: "multipart/form-data; boundary=b"}
		whole := inspect(openAI{}, head, body, 0)
		pieces := inspect(openAI{}, head, body, int(piece))
		if a, b := whole.Facts(), pieces.Facts(); a != b {
			t.Fatalf("whole %+v, in pieces %+v", a, b)
		}
		form, err := multipart.NewReader(strings.NewReader(body), "b").ReadForm(1 << 20)
		if err != nil || !whole.Facts().Understood {
			return
		}
		_ = form.RemoveAll()
		models := form.Value["model"]
		if len(models) == 0 || whole.Facts().Model == "" {
			return
		}
		if got, want := whole.Facts().Model, models[len(models)-1]; got != strings.ToValidUTF8(want, "\ufffd") {
			t.Fatalf("model %q, mime/multipart reads %q", got, want)
		}
	})
}
