// Package upstreamtest is the upstream that tests talk to: one listener that speaks the OpenAI, Anthropic and Gemini
// APIs as strictly as the providers do, records every request byte for byte and fails on command.
//
// It is for telling whether a gateway is transparent, so it refuses what a provider refuses (a key carried the wrong
// way, an unknown model or parameter, a path without its version), cuts its streams where a careless reader breaks, and
// answers the same request with the same bytes. It knows nothing of the gateway, and no real provider is ever asked.
package upstreamtest
