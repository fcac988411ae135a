package keyring

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/keyring"
	"roundhouse/ent/generated/ent/predicate"
	"roundhouse/internal/database"
	"roundhouse/internal/seal"
)

// defaultStep is how many rows one transaction of a pass reads.
const defaultStep = 500

var (
	// ErrNodesRun is returned when encryption is to be switched on or off while nodes run that know of one form only.
	ErrNodesRun = errors.New("stop every node first (one that was killed is forgotten after 15 seconds)")
	// ErrAnother is returned when another process changed the keyring meanwhile. Nothing is lost, and it can be run again.
	ErrAnother = errors.New("another migrate-keys is at work")
)

// Options are what Migrate needs.
type Options struct {
	// From and To are the ENCRYPTION_KEY that is and the one that is to be; empty is none.
	From, To string
	// Running counts the nodes that run now.
	Running func(ctx context.Context) (int, error)

	step int // of rows read by one transaction; 0 is defaultStep
}

// Report says what a migration did.
type Report struct {
	Move seal.Move
	// Resumed says that an earlier try was brought to its end.
	Resumed bool
	// Values were put into their new form, by this try. Damaged ones do not open, and were left as they are.
	Values, Damaged int
}

// Migrate leads every secret of the database from one ENCRYPTION_KEY to another. Another key wraps the installation's secrets anew, in one transaction and beside running nodes. Switching on or off walks through every sealed
// value and remembers how far it came: killed at any moment, it goes on when it is called again with the same keys, and until
// then values open in either form. After switching on, the database's own files hold no clear text.
func Migrate(ctx context.Context, db *database.DB, o Options) (Report, error) {
	rows, err := Rows(db).Load(ctx)
	if err != nil {
		return Report{}, err
	}
	plan, err := seal.PlanMove(rows, o.From, o.To)
	if err != nil {
		return Report{}, err
	}
	m := &migration{db: db, plan: plan, was: rows[seal.InstallationRow], place: place{mark: plan.Mark}, step: o.step}
	if m.step == 0 {
		m.step = defaultStep
	}
	m.report = Report{Move: plan.Move, Resumed: plan.Resumed}
	switch plan.Move {
	case seal.Arrived:
	case seal.Rewrap:
		err = db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return m.install(ctx, tx) })
	default:
		if !plan.Resumed {
			err = nobody(ctx, o.Running)
		}
		if err == nil {
			err = m.pass(ctx, rows[seal.SwitchRow])
		}
	}
	return m.report, err
}

// nobody refuses while nodes run: they were started before the switch and know of one form only.
func nobody(ctx context.Context, running func(context.Context) (int, error)) error {
	switch n, err := running(ctx); {
	case err != nil:
		return err
	case n > 0:
		return fmt.Errorf("still running: %d; %w", n, ErrNodesRun)
	}
	return nil
}

// migration is one try.
type migration struct {
	db     *database.DB
	plan   seal.Plan
	was    []byte // the installation's row as it was read
	step   int
	place  place
	report Report
}

// place is how far a pass came: it stands behind the mark in the switch's row.
type place struct {
	mark   []byte
	column int
	id     int64
}

func (p place) bytes() []byte {
	row := append(append([]byte(nil), p.mark...), byte(p.column))
	return binary.BigEndian.AppendUint64(row, uint64(p.id))
}

// pass puts every value into its new form.
func (m *migration) pass(ctx context.Context, stored []byte) error {
	if m.plan.Resumed {
		if len(stored) != seal.MarkSize+9 || int(stored[seal.MarkSize]) > len(columns) {
			return errors.New("the switch in the keyring does not say how far it came")
		}
		m.place.column = int(stored[seal.MarkSize])
		m.place.id = int64(binary.BigEndian.Uint64(stored[seal.MarkSize+1:]))
	} else if err := m.begin(ctx); err != nil {
		return err
	}
	for m.place.column < len(columns) {
		if err := m.advance(ctx); err != nil {
			return err
		}
	}
	if m.plan.Move == seal.SealAll {
		if err := scrub(ctx, m.db); err != nil {
			return fmt.Errorf("clear the freed pages: %w", err)
		}
	}
	return m.end(ctx)
}

// begin stores the mark, by which nodes that start from now on know of both forms.
func (m *migration) begin(ctx context.Context) error {
	return m.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		if m.plan.Move == seal.SealAll {
			if err := m.install(ctx, tx); err != nil {
				return err
			}
		}
		err := tx.Keyring.Create().SetName(seal.SwitchRow).SetValue(m.place.bytes()).Exec(ctx)
		if ent.IsConstraintError(err) {
			return ErrAnother
		}
		return err
	})
}

// install stores the installation's row unless it was changed since it was read.
func (m *migration) install(ctx context.Context, tx *ent.Tx) error {
	return swap(ctx, tx, m.plan.Installation, keyring.Name(seal.InstallationRow), keyring.Value(m.was))
}

// swap replaces the one row that these hold of.
func swap(ctx context.Context, tx *ent.Tx, value []byte, where ...predicate.Keyring) error {
	found, err := tx.Keyring.Update().Where(where...).SetValue(value).Save(ctx)
	if err != nil {
		return fmt.Errorf("write the keyring: %w", err)
	}
	if found != 1 {
		return ErrAnother
	}
	return nil
}

// advance puts the next rows of a column into their new form and remembers it in the same transaction.
func (m *migration) advance(ctx context.Context) error {
	column := columns[m.place.column]
	next, report := m.place, m.report
	err := m.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		next, report = m.place, m.report // a transaction may be tried more than once
		values, err := column.after(ctx, tx, m.place.id, m.step)
		if err != nil {
			return err
		}
		for _, v := range values {
			again, err := m.plan.Box.Reseal(v.identity, v.sealed)
			switch {
			case errors.Is(err, seal.ErrUnsealable):
				report.Damaged++
			case err != nil:
				return err
			case again != nil:
				if err := column.replace(ctx, tx, v, again); err != nil {
					return err
				}
				report.Values++
			}
			next.id = v.id
		}
		if len(values) < m.step {
			next.column, next.id = next.column+1, 0
		}
		return swap(ctx, tx, next.bytes(), keyring.Name(seal.SwitchRow), keyring.Value(m.place.bytes()))
	})
	if err != nil {
		return fmt.Errorf("pass through %s: %w", column.table, err)
	}
	m.place, m.report = next, report
	return nil
}

// end removes the mark; switched off, the installation needs no key from now on.
func (m *migration) end(ctx context.Context) error {
	return m.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		if m.plan.Move == seal.UnsealAll {
			if err := m.install(ctx, tx); err != nil {
				return err
			}
		}
		gone, err := tx.Keyring.Delete().Where(keyring.Name(seal.SwitchRow), keyring.Value(m.place.bytes())).Exec(ctx)
		if err != nil {
			return fmt.Errorf("write the keyring: %w", err)
		}
		if gone != 1 {
			return ErrAnother
		}
		return nil
	})
}
