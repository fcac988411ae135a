// Package task runs long jobs: one at a time for each group, with progress that can be watched and a row that survives
// them. It refuses to know what a job does; it is given a function.
package task
