// Package probe asks an upstream about one key: when an administrator wants to know, when a key became a suspect, and when a
// group has no key left to offer. It refuses to know where keys are kept and what becomes of a status: it is handed keys,
// sends what traffic would send, and hands back what the answer says.
package probe
