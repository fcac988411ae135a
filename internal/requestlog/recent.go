package requestlog

// recent holds the latest entries for those who watch. Each watcher keeps a position of its own and reads at its own pace, so
// that a watcher costs the request path nothing. It knows no lock.
type recent struct {
	slots []*Entry
	// next is the position of the entry to come; positions only rise.
	next int64
}

func (r *recent) push(e *Entry) {
	r.slots[r.next%int64(len(r.slots))] = e.bare() // thousands of bodies would be held for nobody
	r.next++
}

// since appends to into what came from position at on and still is here, oldest first, and says how many were lost.
func (r *recent) since(at int64, into []*Entry) (entries []*Entry, lost int64) {
	if oldest := r.next - int64(len(r.slots)); at < oldest {
		lost, at = oldest-at, oldest
	}
	for ; at < r.next; at++ {
		into = append(into, r.slots[at%int64(len(r.slots))])
	}
	return into, lost
}
