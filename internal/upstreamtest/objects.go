package upstreamtest

import (
	"maps"
	"slices"
)

// keep stores what the exchange made for its key.
func (x *exchange) keep(id string, made object) {
	x.handler.mu.Lock()
	defer x.handler.mu.Unlock()
	made.key = x.key
	x.handler.objects[id] = made
}

// find returns an object that the exchange's key made: another key's does not exist for it.
func (x *exchange) find(kind, id string) (object, *problem) {
	x.handler.mu.Lock()
	defer x.handler.mu.Unlock()
	found, ok := x.handler.objects[id]
	if !ok || found.kind != kind || found.key != x.key {
		return object{}, &problem{kind: noObject, param: id}
	}
	return found, nil
}

func (x *exchange) drop(id string) {
	x.handler.mu.Lock()
	defer x.handler.mu.Unlock()
	delete(x.handler.objects, id)
}

// files lists the files of the exchange's key by id.
func (x *exchange) files() []any {
	x.handler.mu.Lock()
	defer x.handler.mu.Unlock()
	list := []any{}
	for _, id := range slices.Sorted(maps.Keys(x.handler.objects)) {
		if file := x.handler.objects[id]; file.kind == "file" && file.key == x.key {
			list = append(list, file.json)
		}
	}
	return list
}

func (x *exchange) getFile() *problem {
	file, refusal := x.find("file", x.vars[0])
	if refusal != nil {
		return refusal
	}
	return x.replyJSON(file.json)
}

func (x *exchange) getFileContent() *problem {
	file, refusal := x.find("file", x.vars[0])
	if refusal != nil {
		return refusal
	}
	x.reply(200, "application/octet-stream", file.data)
	return nil
}
