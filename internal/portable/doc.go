// Package portable is an installation's configuration as a file: its groups, its settings and what is known of its proxy keys,
// written as JSON and applied from it. It refuses to touch pooled keys, and has no rule of its own about what a group or a
// setting may be: what it applies goes through the rooms that keep them, as any administrator's change does.
package portable
