package snapshot

// ReadAside makes no snapshot wait for keys that are read again, as if each group had a million.
func (p *Publisher) ReadAside() { p.builder.keys.quick = -1 }

// Wait waits until nothing is read aside any more.
func (p *Publisher) Wait() { p.builder.Wait() }
