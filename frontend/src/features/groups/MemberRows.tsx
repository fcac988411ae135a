import { NativeSelect, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { type FragmentType, graphql, readFragment } from '../../generated';
import type { Dialect, MemberRows_GroupFragment } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import type { Member } from './members';
import classes from './Rows.module.css';
import { RemoveRow } from './RowTools';
import { weightOf } from './shares';

const groupFragment = graphql(`
  fragment MemberRows_group on Group {
    id
    name
    kind
    dialect
    enabled
    keyCounts {
      active
    }
  }
`);

interface MemberRowsProps {
  members: Member[];
  /** Only groups that speak it can be members. */
  dialect: Dialect;
  groups: readonly FragmentType<typeof groupFragment>[];
  faults: Record<string, string>;
  onChange: (members: Member[]) => void;
}

/** Each member with its weight and its priority, and a way to add one. */
export function MemberRows({ members, dialect, groups, faults, onChange }: MemberRowsProps) {
  const { t } = useTranslation();
  const all = readFragment(groupFragment, groups);
  const free = all.filter((g) => g.kind === 'STANDARD' && g.dialect === dialect && !members.some((m) => m.id === g.id));
  const change = (id: string, part: Partial<Member>) => onChange(members.map((m) => (m.id === id ? { ...m, ...part } : m)));

  function add(id: string) {
    const chosen = free.find((g) => g.id === id);
    if (chosen) onChange([...members, { id, name: chosen.name, weight: 1, priority: 0 }]);
  }

  return (
    <>
      {members.length === 0 && <p className={classes.none}>{t('members.none')}</p>}
      <ul className={classes.rows}>
        {members.map((member, i) => (
          <MemberRow
            key={member.id}
            member={member}
            group={all.find((g) => g.id === member.id)}
            fault={[`groupId`, 'weight', 'priority'].map((f) => faults[`subGroups.${i}.${f}`]).find(Boolean)}
            onChange={(part) => change(member.id, part)}
            onRemove={() => onChange(members.filter((m) => m.id !== member.id))}
          />
        ))}
      </ul>
      <NativeSelect
        className={classes.add}
        aria-label={t('members.add')}
        value=""
        onChange={(e) => add(e.currentTarget.value)}
        disabled={free.length === 0}
        data={[
          { value: '', label: free.length > 0 ? t('members.add') : t('members.allIn') },
          ...free.map((g) => ({ value: g.id, label: g.name })),
        ]}
      />
    </>
  );
}

interface MemberRowProps {
  member: Member;
  group?: MemberRows_GroupFragment;
  fault?: string;
  onChange: (part: Partial<Member>) => void;
  onRemove: () => void;
}

function MemberRow({ member, group, fault, onChange, onRemove }: MemberRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const active = group?.keyCounts.active ?? 0;
  return (
    <li className={classes.row}>
      <div className={classes.fields}>
        <div className={classes.member}>
          <Link to="/groups/$name" params={{ name: member.name }}>
            {member.name}
          </Link>
          <div className={classes.reason}>
            {group && !group.enabled && <Lamp state="disabled">{t('groups.disabled')}</Lamp>}
            {group?.enabled && active === 0 && <Lamp state="failing">{t('groups.noActive')}</Lamp>}
            {group?.enabled && active > 0 && (
              <Lamp state="living">{t('members.active', { count: active, shown: format.number(active) })}</Lamp>
            )}
          </div>
        </div>
        <div className={classes.half}>
          <label className="hidden-text" htmlFor={`${id}-slider`}>
            {t('members.slide', { name: member.name })}
          </label>
          <input
            id={`${id}-slider`}
            className={classes.slider}
            type="range"
            min={0}
            max={Math.max(100, member.weight)}
            value={member.weight}
            onChange={(e) => onChange({ weight: weightOf(e.currentTarget.value) })}
          />
        </div>
        <TextInput
          className={classes.figure}
          label={t('upstreams.weight')}
          type="number"
          min={0}
          max={1000}
          value={String(member.weight)}
          onChange={(e) => onChange({ weight: weightOf(e.currentTarget.value) })}
        />
        <TextInput
          className={classes.figure}
          label={t('members.priority')}
          type="number"
          min={0}
          value={String(member.priority)}
          onChange={(e) => onChange({ priority: weightOf(e.currentTarget.value) })}
        />
        <RemoveRow label={t('members.remove', { name: member.name })} onClick={onRemove} />
      </div>
      {fault && (
        <p className={classes.fault} role="alert">
          {fault}
        </p>
      )}
    </li>
  );
}
