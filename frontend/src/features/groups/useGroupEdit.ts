import { useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useClient } from 'urql';
import { graphql } from '../../generated';
import type { UpdateGroupInput } from '../../generated/graphql';
import { formFaults, isConflict } from '../../lib/faults';
import { changesOf, type Lines, sameLines } from './changes';

const saveGroup = graphql(`
  mutation SaveGroup($id: ID!, $input: UpdateGroupInput!, $version: Int!) {
    updateGroup(id: $id, input: $input, expectedVersion: $version) {
      id
      name
      version
    }
  }
`);

interface Edited<T> {
  /** The group's version, and its part that is edited, as the server has them now. */
  version: number;
  value: T;
}

interface Options<T> extends Edited<T> {
  id: string;
  /** What a reader would call each piece of the part; pieces are told apart by it. */
  lines: (value: T) => Lines;
  /** What is sent; `before` is what the server has. */
  input: (value: T, before: T) => UpdateGroupInput;
  /** The paths that have a field of their own to show a fault at. */
  fields: (value: T) => readonly string[];
  /** Asks the server anew, whatever is cached. */
  reload: () => Promise<Edited<T> | undefined>;
  /** Called when it is saved, with the name that the group then has. */
  onSaved?: (name: string) => void;
}

/**
 * One part of a group while it is edited: what was typed, what saving it would change, and what someone else changed
 * meanwhile. A change of theirs elsewhere in the group is no conflict.
 */
export function useGroupEdit<T>({ id, version, value, lines, input, fields, reload, onSaved }: Options<T>) {
  const { t } = useTranslation();
  const client = useClient();
  const [draft, setDraft] = useState<T>();
  // What the draft began from.
  const [base, setBase] = useState<T>(value);
  const [error, setError] = useState<CombinedError>();
  const [saving, setSaving] = useState(false);

  const now = draft ?? value;
  const began = draft === undefined ? value : base;
  const changes = changesOf(lines(began), lines(now), lines(value));
  const faults = formFaults(t, error, fields(now));

  function change(next: T) {
    if (changes.length === 0) setBase(value);
    setDraft(next);
  }

  function discard() {
    setDraft(undefined);
    setError(undefined);
  }

  const send = (over: Edited<T>) =>
    client.mutation(saveGroup, { id, input: input(now, over.value), version: over.version }).toPromise();

  async function save() {
    setSaving(true);
    let answer = await send({ version, value });
    if (answer.error && isConflict(answer.error)) {
      const fresh = await reload();
      if (fresh && sameLines(lines(fresh.value), lines(began))) answer = await send(fresh);
    }
    // What is there now is fetched before the draft goes, so that no field shows the old value in between.
    if (answer.data) {
      await reload();
      // Before anyone goes to another address, the guard must know that nothing is unsaved.
      flushSync(discard);
      onSaved?.(answer.data.updateGroup.name);
    } else {
      setError(answer.error && !isConflict(answer.error) ? answer.error : undefined);
    }
    setSaving(false);
  }

  return {
    value: now,
    change,
    faults: faults.fields,
    bar: {
      changes,
      saving,
      fault: faults.form,
      conflict: !sameLines(lines(began), lines(value)),
      onSave: () => void save(),
      onDiscard: discard,
    },
  };
}
