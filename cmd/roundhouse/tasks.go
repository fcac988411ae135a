package main

import (
	"context"
	"path/filepath"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/internal/config"
	"roundhouse/internal/task"
)

// newTasks joins whoever runs tasks with those who know what there is to do.
func (p *program) newTasks(conf config.Config) *task.Runner {
	return task.New(task.Options{
		DB: p.db, Node: p.roster.Number, Dir: filepath.Join(conf.DataDir, "tasks"), Fence: p.lease.FenceIfLed, Logger: p.logger,
		Resume: func(row *ent.Task) (task.Order, error) {
			if row.Kind == enttask.KindIMPORT_KEYS {
				return p.files.TakeUp(row)
			}
			return p.resolver.TakeUp(row)
		},
		Alive: func(ctx context.Context) ([]int, error) {
			nodes, err := p.roster.Nodes(ctx)
			numbers := make([]int, len(nodes))
			for i, n := range nodes {
				numbers[i] = n.Number
			}
			return numbers, err
		},
	})
}

// uploadIdentity names the keys that uploads are enciphered under.
const uploadIdentity = "upload"

func (p *program) sealUpload(key []byte) ([]byte, error) { return p.box.Seal(uploadIdentity, key) }
func (p *program) openUpload(sealed []byte) ([]byte, error) {
	return p.box.Open(uploadIdentity, sealed)
}
