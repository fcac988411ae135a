// Package catalog keeps groups and what belongs to them: upstreams, members, header rules and proxy keys. Every write is
// checked whole, made in one transaction with its audit row, and announced. It refuses to know how a group is served, and
// touches keys only through the interface it declares.
package catalog
