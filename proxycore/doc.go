// Package proxycore is the data plane: it forwards one request over the current snapshot, picks a pooled key and an
// upstream, fails over when either lets the request down, and tells what happened.
//
// It refuses to know where its configuration comes from, what becomes of a Record or a Verdict, and how any provider
// speaks: databases, settings and administrators are the control plane's, API families are package dialect's.
package proxycore
