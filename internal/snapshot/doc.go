// Package snapshot turns rows and settings into what the data plane runs on, and puts it in force whenever either changed.
// Rows become snapshots nowhere else. It refuses to know how a request is forwarded and how a row came to be.
package snapshot
