package upstreamtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// namesUpload tells whether the request goes to the address that started an upload: knowing that is permission enough.
func namesUpload(r *http.Request) bool { return r.URL.Query().Get("upload_id") != "" }

// upload is the resumable dance: "start" is answered with an address in X-Goog-Upload-URL, where the bytes are then sent.
func (x *exchange) upload() *problem {
	if namesUpload(x.r) {
		return x.continueUpload()
	}
	header := x.r.Header
	if header.Get("X-Goog-Upload-Protocol") != "resumable" || header.Get("X-Goog-Upload-Command") != "start" {
		return &problem{kind: invalidField, param: "X-Goog-Upload-Command"}
	}
	if header.Get("X-Goog-Upload-Header-Content-Type") == "" {
		return &problem{kind: missingField, param: "X-Goog-Upload-Header-Content-Type"}
	}
	var request struct {
		File map[string]any `json:"file"`
	}
	if len(x.body) > 0 {
		if err := json.Unmarshal(x.body, &request); err != nil {
			return &problem{kind: malformed}
		}
	}
	id := x.objectID("upload-")
	file := request.File
	if file == nil {
		file = map[string]any{}
	}
	file["mimeType"] = header.Get("X-Goog-Upload-Header-Content-Type")
	x.keep(id, object{kind: "upload", json: file})
	address := "http://" + x.r.Host + "/upload/v1beta/files?upload_id=" + id + "&upload_protocol=resumable"
	x.w.Header().Set("X-Goog-Upload-Url", address)
	x.w.Header().Set("X-Goog-Upload-Status", "active")
	x.w.Header().Set("X-Goog-Upload-Chunk-Granularity", "262144")
	x.reply(http.StatusOK, "text/plain; charset=utf-8", nil)
	return nil
}

func (x *exchange) continueUpload() *problem {
	id := x.r.URL.Query().Get("upload_id")
	x.handler.mu.Lock()
	begun, ok := x.handler.objects[id]
	if ok && begun.kind == "upload" && x.r.Header.Get("X-Goog-Upload-Offset") == strconv.Itoa(len(begun.data)) {
		begun.data = append(begun.data, x.body...)
		x.handler.objects[id] = begun
	} else {
		ok = false
	}
	x.handler.mu.Unlock()
	if !ok {
		return &problem{kind: invalidField, param: "X-Goog-Upload-Offset"}
	}
	if !strings.Contains(x.r.Header.Get("X-Goog-Upload-Command"), "finalize") {
		x.w.Header().Set("X-Goog-Upload-Status", "active")
		x.reply(http.StatusOK, "text/plain; charset=utf-8", nil)
		return nil
	}
	return x.finishUpload(id, begun)
}

func (x *exchange) finishUpload(upload string, begun object) *problem {
	x.drop(upload)
	name, ok := begun.json["name"].(string)
	if !ok {
		name = "files/" + strings.TrimPrefix(upload, "upload-")
	}
	sum := sha256.Sum256(begun.data)
	file := begun.json
	file["name"] = name
	file["sizeBytes"] = strconv.Itoa(len(begun.data))
	file["createTime"], file["updateTime"] = "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
	file["sha256Hash"] = base64.StdEncoding.EncodeToString(sum[:])
	file["uri"] = "https://generativelanguage.googleapis.com/v1beta/" + name
	file["state"], file["source"] = "ACTIVE", "UPLOADED"
	x.handler.mu.Lock()
	x.handler.objects[name] = object{key: begun.key, kind: "file", json: file, data: begun.data}
	x.handler.mu.Unlock()
	x.w.Header().Set("X-Goog-Upload-Status", "final")
	return x.replyJSON(map[string]any{"file": file})
}

func (x *exchange) listGeminiFiles() *problem {
	return x.replyJSON(map[string]any{"files": x.files()})
}

func (x *exchange) getGeminiFile() *problem {
	x.vars[0] = "files/" + x.vars[0]
	return x.getFile()
}

func (x *exchange) deleteGeminiFile() *problem {
	name := "files/" + x.vars[0]
	if _, refusal := x.find("file", name); refusal != nil {
		return refusal
	}
	x.drop(name)
	return x.replyJSON(map[string]any{})
}
