// Package setting is the registry of what can be changed while the gateway runs: each setting's default, bounds and words,
// the values in force, and what a group overrides. It refuses to know what a setting does.
package setting
