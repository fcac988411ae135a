package stats

import "time"

// Pulse is what one node counted in a second, for the live figures of the others.
type Pulse struct {
	Node                  int
	InFlight, OpenStreams int
	// Views is empty for a second without traffic.
	Views []pulseView
}

// pulseView is a group's part of a pulse; Counters are in the order of the package's counters.
type pulseView struct {
	Group     int64
	Member    bool
	Name      string
	Counters  []int64
	Durations []byte
	FirstByte []byte
}

// silent is how long after its last pulse a node's requests in flight count no longer.
const silent = 5 * time.Second

// elsewhere is what another node told.
type elsewhere struct {
	seconds               ring
	inFlight, openStreams int
	heard                 time.Time
}

// beat tells other nodes of the last whole second before at.
func (s *Stats) beat(at time.Time) {
	p := Pulse{Node: s.options.Node}
	p.InFlight, p.OpenStreams = s.options.Figures()
	s.live.mu.Lock()
	for v, g := range s.live.seconds.views(at.Unix() - 1) {
		view := pulseView{Group: v.group, Member: v.member, Name: g.name, Durations: g.durations.encode(), FirstByte: g.firstBytes.encode()}
		for _, n := range g.values() {
			view.Counters = append(view.Counters, n.(int64))
		}
		p.Views = append(p.Views, view)
	}
	s.live.mu.Unlock()
	s.options.Tell(p)
}

// Hear takes in what another node counted, as of the second in which it comes: clocks of nodes differ.
func (s *Stats) Hear(p Pulse) {
	now := time.Now()
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	other := s.live.others[p.Node]
	if other == nil {
		other = &elsewhere{}
		s.live.others[p.Node] = other
	}
	other.inFlight, other.openStreams, other.heard = p.InFlight, p.OpenStreams, now
	for _, v := range p.Views {
		f, ok := v.figures()
		if ok {
			other.seconds.at(now.Unix(), view{v.Group, v.Member}, v.Name).merge(f)
		}
	}
}

// figures reads the view; one of another version of ours is passed over.
func (v pulseView) figures() (*figures, bool) {
	f := &figures{}
	places := f.places()
	if len(v.Counters) != len(places) || f.durations.decode(v.Durations) != nil || f.firstBytes.decode(v.FirstByte) != nil {
		return nil, false
	}
	for i, n := range v.Counters {
		*places[i].(*int64) = n
	}
	return f, true
}
