// Package archtest holds the rules of the house as tests: who may import whom, what a room may be called, and where the
// process may be asked for its environment. It reads the sources itself, since a test that shells out is answered from the
// test cache.
package archtest
