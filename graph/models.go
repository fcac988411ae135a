package graph

import (
	"context"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
)

const (
	// mostModels is how many models are shown.
	mostModels = 1000
	// keysAsked is how many keys are tried before a group's models are given up.
	keysAsked = 3
)

// modelsOf are what the group's upstreams list, or for an aggregate those of its members, each once. A member that does not
// answer is left out as long as another does.
func (r *Resolver) modelsOf(ctx context.Context, g *catalog.Group) ([]string, error) {
	members := []int64{g.ID}
	if g.Kind == group.KindAGGREGATE {
		members = each(g.Members, func(m *ent.Member) int64 { return m.MemberID })
	}
	models, seen := []string{}, map[string]bool{}
	var failed error
	for _, id := range members {
		listed, err := r.listedModels(ctx, id)
		if err != nil {
			failed = err
		}
		for _, model := range listed {
			if !seen[model] && len(models) < mostModels {
				seen[model] = true
				models = append(models, model)
			}
		}
	}
	if len(models) == 0 {
		return models, failed
	}
	return models, nil
}

// listedModels asks with some of the group's keys until one is answered.
func (r *Resolver) listedModels(ctx context.Context, groupID int64) ([]string, error) {
	active := &keypool.Filter{StatusIn: []keypool.Status{key.StatusACTIVE}}
	page, err := r.Rooms.Keys.List(ctx, keypool.ListQuery{GroupID: groupID, Filter: active, First: keysAsked})
	if err != nil {
		return nil, err
	}
	if len(page.Keys) == 0 {
		return nil, fault.One("groupId", fault.Required, nil, "the group has no ACTIVE key to ask with")
	}
	var refused error
	for _, k := range page.Keys {
		models, refusal, err := r.Rooms.Prober.Models(ctx, k.ID)
		if err != nil || refusal == "" {
			return models, err
		}
		refused = fault.One("groupId", fault.NotAllowed, map[string]any{"answer": refusal}, "the upstream lists no models: %s", refusal)
	}
	return nil, refused
}
