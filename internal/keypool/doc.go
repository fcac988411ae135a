// Package keypool keeps the pooled keys' rows: it takes keys in, lists, shows and deletes them, and turns what the data
// plane says about a key into its status. Every change of a key's status goes through one goroutine here.
//
// It refuses to know how a key is tried: whoever does is told which keys to try through a function, and brings the answer
// back as a Decision.
package keypool
