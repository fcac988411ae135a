// Package sdktest drives the vendors' own clients through a running gateway and compares what each sees with what it
// sees without one. It is a module of its own, so that the product's dependencies stay clean, and it knows the gateway
// only as a binary, its admin API and its port.
package sdktest
