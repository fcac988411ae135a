package snapshot

import "time"

// ReadAside makes no snapshot wait for keys that are read again, as if each group had a million.
func (p *Publisher) ReadAside() { p.builder.keys.quick = -1 }

// StayCalm leaves each group alone for so long a key after its keys were read.
func (p *Publisher) StayCalm(perKey time.Duration) { p.builder.keys.calmPerKey = perKey }

// Wait waits until nothing is read aside any more.
func (p *Publisher) Wait() { p.builder.Wait() }
