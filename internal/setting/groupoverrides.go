package setting

import (
	"fmt"
	"maps"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/seal"
)

// GroupOverrides returns what the group overrides by name, in clear. A proxyUrl may hold a password and is stored sealed,
// apart from the others.
func GroupOverrides(box *seal.Box, g *ent.Group) (map[string]string, error) {
	overrides := maps.Clone(g.Overrides)
	if overrides == nil {
		overrides = map[string]string{}
	}
	if len(g.SealedProxyURL) > 0 {
		url, err := box.Open(seal.ProxyURLIdentity(g.ID), g.SealedProxyURL)
		if err != nil {
			return nil, fmt.Errorf("open the proxyUrl of group %d: %w", g.ID, err)
		}
		overrides["proxyUrl"] = string(url)
	}
	return overrides, nil
}
