// Package ent holds the store's schema and, below generated, the client that ent makes from it.
package ent

//go:generate go tool ent generate --feature sql/upsert,sql/lock,sql/execquery,sql/modifier,sql/versioned-migration --target ./generated/ent ./schema
