package keyring

// InSteps makes a pass read n rows at a time, so that few rows are many transactions.
func (o Options) InSteps(n int) Options {
	o.step = n
	return o
}
