package keypool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/schema"
	"roundhouse/internal/seal"
)

// Preview is what an import of an input would do.
type Preview struct {
	// Lines is how many entries the input has: the sum of the four that follow.
	Lines                                   int64
	Fresh, Repeated, AlreadyThere, Unusable int64
	// Sample shows the first five that would be added, masked.
	Sample []string
	// Problems are the first twenty unusable entries.
	Problems []schema.TaskProblem
}

const (
	mostSampled  = 5
	mostProblems = 20
)

// Preview looks what Import would do and changes nothing. Its memory grows by some 40 bytes a key.
func (p *Pool) Preview(ctx context.Context, groupID int64, in io.Reader) (Preview, error) {
	var preview Preview
	seen := map[seal.Digest]struct{}{}
	parser := NewParser(in)
	for {
		chunk, err := p.previewBatch(parser, seen, &preview)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return Preview{}, fmt.Errorf("read keys: %w", err)
		}
		if len(chunk) > 0 {
			looked := int64(len(chunk))
			missing, err := p.missing(ctx, groupID, chunk)
			if err != nil {
				return Preview{}, err
			}
			preview.Fresh += int64(len(missing))
			preview.AlreadyThere += looked - int64(len(missing))
			for _, f := range missing[:min(len(missing), mostSampled-len(preview.Sample))] {
				preview.Sample = append(preview.Sample, f.masked)
			}
		}
		if ended {
			return preview, nil
		}
	}
}

// previewBatch reads entries until it has a batch of keys that the input had not shown before.
func (p *Pool) previewBatch(parser *Parser, seen map[seal.Digest]struct{}, preview *Preview) ([]fresh, error) {
	var chunk []fresh
	for len(chunk) < batch {
		entry, err := parser.Next()
		if err != nil {
			return chunk, err
		}
		preview.Lines++
		if entry.Reason != "" {
			preview.Unusable++
			if len(preview.Problems) < mostProblems {
				preview.Problems = append(preview.Problems, entry.problem())
			}
			continue
		}
		digest := p.box.Digest(entry.Text)
		if _, twice := seen[digest]; twice {
			preview.Repeated++
			continue
		}
		seen[digest] = struct{}{}
		chunk = append(chunk, fresh{digest: digest, masked: seal.Mask(string(entry.Text))})
	}
	return chunk, nil
}

// missing returns those of a batch that the group does not have.
func (p *Pool) missing(ctx context.Context, groupID int64, chunk []fresh) ([]fresh, error) {
	digests := make([][]byte, len(chunk))
	for i := range chunk {
		digests[i] = chunk[i].digest[:]
	}
	rows, err := p.db.Key.Query().Where(key.GroupID(groupID), key.DigestIn(digests...)).Select(key.FieldDigest).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up keys: %w", err)
	}
	there := make(map[seal.Digest]struct{}, len(rows))
	for _, row := range rows {
		there[seal.Digest(row.Digest)] = struct{}{}
	}
	return slices.DeleteFunc(chunk, func(f fresh) bool { _, ok := there[f.digest]; return ok }), nil
}
