// Package metrics shows the gateway to Prometheus: what it counts from records as they end, and what others know when they are
// asked. It refuses to know what any of it means for an administrator; that is the dashboard's.
package metrics
