// Package files is import and export over plain HTTP, streamed in either direction in bounded memory: keys come in as files of
// any size, and keys, request logs and what a task could not use go out. It refuses to know who may ask, which is settled before
// it is called, and holds no rule about keys or records of its own.
package files
