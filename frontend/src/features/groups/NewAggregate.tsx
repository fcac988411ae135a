import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { LeaveGuard } from '../../components/LeaveGuard';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import type { Dialect, NewAggregateQuery } from '../../generated/graphql';
import { formFaults } from '../../lib/faults';
import { MemberRows } from './MemberRows';
import type { Member } from './members';
import classes from './Rows.module.css';
import { SharePreview } from './SharePreview';

const newAggregate = graphql(`
  query NewAggregate {
    groups {
      id
      ...MemberRows_group
    }
    dialects {
      dialect
    }
  }
`);

const createAggregate = graphql(`
  mutation CreateAggregate($input: CreateGroupInput!) {
    createGroup(input: $input) {
      id
      name
    }
  }
`);

/** Makes one address of several groups that speak the same dialect. */
export function NewAggregate({ onDone }: { onDone: (name: string) => void }) {
  const query = useQuery({ query: newAggregate });
  return (
    <Loaded query={query} height={320}>
      {(data) => <Form data={data} onDone={onDone} />}
    </Loaded>
  );
}

function Form({ data, onDone }: { data: NewAggregateQuery; onDone: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [dialect, setDialect] = useState<Dialect>('OPENAI');
  const [members, setMembers] = useState<Member[]>([]);
  const [{ error, fetching }, create] = useMutation(createAggregate);
  const faults = formFaults(t, error, [
    'name',
    'dialect',
    ...members.flatMap((_, i) => [`subGroups.${i}.groupId`, `subGroups.${i}.weight`, `subGroups.${i}.priority`]),
  ]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const subGroups = members.map(({ id, weight, priority }) => ({ groupId: id, weight, priority }));
    const input = { name, dialect, kind: 'AGGREGATE' as const, subGroups };
    const answer = await create({ input }, { additionalTypenames: ['Group', 'Dashboard'] });
    if (!answer.data) return;
    // The guard must know that nothing is unsaved before anyone goes on.
    flushSync(() => {
      setName('');
      setMembers([]);
    });
    onDone(answer.data.createGroup.name);
  }

  return (
    <form className={classes.stack} onSubmit={submit}>
      <Panel title={t('aggregate.what')}>
        <p className={classes.note}>{t('aggregate.note')}</p>
        <div className={classes.fields}>
          <TextInput
            className={classes.half}
            label={t('newGroup.name')}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            error={faults.fields.name}
            autoComplete="off"
            spellCheck={false}
          />
          <NativeSelect
            className={classes.half}
            label={t('aggregate.dialect')}
            value={dialect}
            error={faults.fields.dialect}
            onChange={(e) => {
              setDialect(e.currentTarget.value as Dialect);
              setMembers([]);
            }}
            data={data.dialects.map((d) => ({ value: d.dialect, label: t(`dialect.${d.dialect}`) }))}
          />
        </div>
      </Panel>
      <Panel title={t('group.tab.members')}>
        <MemberRows members={members} dialect={dialect} groups={data.groups} faults={faults.fields} onChange={setMembers} />
      </Panel>
      <Panel title={t('members.shares')}>
        <SharePreview members={members} />
      </Panel>
      {faults.form && <Fault>{faults.form}</Fault>}
      <div>
        <Button type="submit" loading={fetching} disabled={name.trim() === ''}>
          {t('aggregate.submit')}
        </Button>
      </div>
      <LeaveGuard changes={(name === '' ? 0 : 1) + members.length} />
    </form>
  );
}
