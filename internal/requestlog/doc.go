// Package requestlog keeps what happened to every request: it takes records without ever holding up who brings them, writes
// them in batches together with what others count from them, and finds them again, written or not. It refuses to know what is
// counted, and who is looking.
package requestlog
