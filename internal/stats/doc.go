// Package stats counts traffic: into narrow rollups within the transaction that writes the records, and into a few seconds of
// live figures in memory. It answers how much, how often and how fast, and refuses to know single requests.
package stats
