// Package gptload reads the database of a GPT-Load 1.4 and takes from it what an installation of ours can hold: groups,
// aggregates, keys, settings and proxy keys. It knows how GPT-Load stores them and what each becomes here; whether that may be is
// decided by the rooms that keep them. It never changes the database it reads.
package gptload
