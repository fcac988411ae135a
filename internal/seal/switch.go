package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
)

// The rows of the keyring that are seal's.
const (
	// InstallationRow holds the installation's secrets, wrapped when there is an ENCRYPTION_KEY.
	InstallationRow = "installation"
	// SwitchRow is there while sealing is being switched on or off: it begins with what Plan.Mark holds, and whoever walks
	// through the values may append how far it came.
	SwitchRow = "switch"
)

// Switch is a change between sealed and unsealed values that is under way.
type Switch byte

// The switches.
const (
	NoSwitch  Switch = 0
	SwitchOn  Switch = 1
	SwitchOff Switch = 2
)

// MarkSize is the length of a Plan's Mark in bytes.
const MarkSize = 1 + sha256.Size

// ErrUnderWay is returned by PlanMove when a switch has begun that is not the one asked for.
var ErrUnderWay = errors.New("encryption is being switched on or off: run migrate-keys with the same keys as before until it ends")

// mark names the switch and proves that it was begun by someone who has the installation's secrets; else whoever can write
// rows could declare a switch and slip in unsealed values.
func mark(s secrets, to Switch) []byte {
	h := hmac.New(sha256.New, s.dataKey[:])
	h.Write([]byte{byte(to)})
	h.Write([]byte("roundhouse switch"))
	return h.Sum([]byte{byte(to)})
}

// underWay reads the switch's row.
func underWay(rows map[string][]byte, s secrets) (Switch, error) {
	row, there := rows[SwitchRow]
	if !there {
		return NoSwitch, nil
	}
	if len(row) >= MarkSize {
		if to := Switch(row[0]); (to == SwitchOn || to == SwitchOff) && hmac.Equal(row[:MarkSize], mark(s, to)) {
			return to, nil
		}
	}
	return NoSwitch, errors.New("the switch in the keyring was not made by this installation")
}

// Move is a way from one ENCRYPTION_KEY to another.
type Move byte

// The moves.
const (
	// Arrived: the installation is under the key asked for, and nothing is left to do.
	Arrived Move = iota
	// Rewrap: Plan.Installation has to be stored, and that is all.
	Rewrap
	// SealAll and UnsealAll: every value has to be put into the other form.
	SealAll
	UnsealAll
)

// Plan says what leads an installation from one ENCRYPTION_KEY to another.
type Plan struct {
	Move Move
	// Resumed says of SealAll and UnsealAll that an earlier try began it: Mark is stored.
	Resumed bool
	// Mark is to be stored as SwitchRow when SealAll or UnsealAll begins, and removed when it ends.
	Mark []byte
	// Installation is to be stored as InstallationRow: by Rewrap, with the Mark by SealAll, and when the Mark is removed by
	// UnsealAll. It is nil for a SealAll that was begun.
	Installation []byte
	// Box opens values of both forms and seals in the one that is to be; nil for Arrived and Rewrap.
	Box *Box
}

// PlanMove compares what the keyring holds with what is asked for; an empty key is none. It changes nothing. Asked again
// after it was done, it answers Arrived; asked for something else while a switch is under way, ErrUnderWay.
func PlanMove(rows map[string][]byte, from, to string) (Plan, error) {
	row, there := rows[InstallationRow]
	if !there {
		return Plan{}, errors.New("there is nothing in this database yet: start Roundhouse with the ENCRYPTION_KEY it should have")
	}
	if _, begun := rows[SwitchRow]; begun {
		return resume(rows, from, to)
	}
	s, err := unwrap(row, from)
	if err != nil {
		if _, other := unwrap(row, to); other == nil {
			return Plan{Move: Arrived}, nil
		}
		return Plan{}, fmt.Errorf("the key to come from: %w", err)
	}
	switch {
	case from == "" && to == "":
		return Plan{Move: Arrived}, nil
	case from == "":
		// The data key lay in clear until now, and in every backup.
		s.dataKey = newSecrets().dataKey
		wrapped, err := wrap(s, to)
		if err != nil {
			return Plan{}, err
		}
		return switching(s, SwitchOn, wrapped)
	case to == "":
		return unsealing(s)
	}
	wrapped, err := wrap(s, to)
	return Plan{Move: Rewrap, Installation: wrapped}, err
}

// resume goes on with the switch that was begun: on, the secrets are under the new key already; off, still under the old.
func resume(rows map[string][]byte, from, to string) (Plan, error) {
	key, want := to, SwitchOn
	if to == "" {
		key, want = from, SwitchOff
	}
	s, err := unwrap(rows[InstallationRow], key)
	if err != nil {
		return Plan{}, errors.Join(ErrUnderWay, err)
	}
	begun, err := underWay(rows, s)
	if err != nil {
		return Plan{}, err
	}
	if begun != want || (want == SwitchOn && from != "") {
		return Plan{}, ErrUnderWay
	}
	var plan Plan
	if want == SwitchOn {
		plan, err = switching(s, SwitchOn, nil)
	} else {
		plan, err = unsealing(s)
	}
	plan.Resumed = true
	return plan, err
}

// unsealing ends with secrets whose data key never sealed anything: the one that did must not lie in clear.
func unsealing(s secrets) (Plan, error) {
	last := s
	last.dataKey = newSecrets().dataKey
	row, err := wrap(last, "")
	if err != nil {
		return Plan{}, err
	}
	return switching(s, SwitchOff, row)
}

func switching(s secrets, to Switch, installation []byte) (Plan, error) {
	box, err := newBox(s, true, to)
	plan := Plan{Move: SealAll, Mark: mark(s, to), Installation: installation, Box: box}
	if to == SwitchOff {
		plan.Move = UnsealAll
	}
	return plan, err
}

// Reseal returns the value in the form that Seal stores, nil when it has that form, or ErrUnsealable.
func (b *Box) Reseal(identity string, sealed []byte) ([]byte, error) {
	value, err := b.Open(identity, sealed)
	if err != nil {
		return nil, err
	}
	if (sealed[0] == aesGCM) == b.seals {
		return nil, nil
	}
	return b.Seal(identity, value)
}
