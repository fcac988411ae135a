import { ActionIcon, Menu, Switch } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useSubscription } from 'urql';
import { CopyButton } from '../../components/CopyButton';
import { KeyBar } from '../../components/KeyBar';
import { Fault } from '../../components/States';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { sentence } from '../../lib/faults';
import { useFormat } from '../../lib/format';
import { useVisible } from '../../lib/useVisible';
import { CopyGroup } from './CopyGroup';
import { DeleteGroup } from './DeleteGroup';
import classes from './GroupHead.module.css';

const groupFragment = graphql(`
  fragment GroupHead_group on Group {
    id
    name
    displayName
    dialect
    kind
    enabled
    endpoint
    keyCounts {
      total
      active
      ...KeyBar_counts
    }
  }
`);

const groupLive = graphql(`
  subscription GroupLive($groupId: ID!) {
    liveStats(groupId: $groupId) {
      requestsPerSecond
      keyCounts {
        total
        active
        ...KeyBar_counts
      }
    }
  }
`);

const setEnabled = graphql(`
  mutation SetGroupEnabled($id: ID!, $enabled: Boolean!) {
    updateGroup(id: $id, input: { enabled: $enabled }) {
      id
      enabled
      version
    }
  }
`);

interface GroupHeadProps {
  group: FragmentType<typeof groupFragment>;
  onDeleted: () => void;
  onCopied: (name: string) => void;
}

/** Name, address, whether it is on, its keys and its pace; live. */
export function GroupHead({ group, onDeleted, onCopied }: GroupHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const g = readFragment(groupFragment, group);
  const live = useGroupLive(g.id);
  const [switched, enable] = useMutation(setEnabled);
  const [deleting, setDeleting] = useState(false);
  const [copying, setCopying] = useState(false);
  const counts = live?.keyCounts ?? g.keyCounts;

  return (
    <header className={classes.head}>
      <div className={classes.title}>
        <h1>{g.displayName || g.name}</h1>
        <p className={classes.note}>
          {g.displayName && <code>{g.name}</code>}
          <span>{t(`dialect.${g.dialect}`)}</span>
          {g.kind === 'AGGREGATE' && <span>{t('groups.aggregate')}</span>}
        </p>
        <div className={classes.actions}>
          <Switch
            checked={g.enabled}
            disabled={switched.fetching}
            onChange={(e) => void enable({ id: g.id, enabled: e.currentTarget.checked })}
            label={g.enabled ? t('group.on') : t('groups.disabled')}
            aria-label={t('group.enabled', { name: g.name })}
          />
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('group.more')}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setCopying(true)}>{t('copyGroup.open')}</Menu.Item>
              <Menu.Item color="red" onClick={() => setDeleting(true)}>
                {t('group.delete')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {switched.error && <Fault>{sentence(t, switched.error)}</Fault>}
      <div className={classes.facts}>
        <span className={classes.endpoint}>
          <code>{g.endpoint}</code>
          <CopyButton value={g.endpoint} label={t('groups.copyEndpoint', { name: g.name })} />
        </span>
        {g.kind === 'STANDARD' && (
          <span className={classes.keys}>
            <KeyBar counts={counts} />
            <span>{t('keys.count', { count: counts.total, shown: format.number(counts.total) })}</span>
          </span>
        )}
        {live && <span className={classes.pace}>{t('group.pace', { rate: format.rate(live.requestsPerSecond) })}</span>}
      </div>
      <CopyGroup
        id={g.id}
        name={g.name}
        keys={g.kind === 'STANDARD' ? counts : undefined}
        opened={copying}
        onClose={() => setCopying(false)}
        onCopied={onCopied}
      />
      <DeleteGroup
        id={g.id}
        name={g.name}
        keys={counts.total}
        opened={deleting}
        onClose={() => setDeleting(false)}
        onDeleted={onDeleted}
      />
    </header>
  );
}

function useGroupLive(groupId: string) {
  const visible = useVisible();
  const query = useMemo(() => ({ query: groupLive, variables: { groupId }, pause: !visible }), [groupId, visible]);
  const [{ data }] = useSubscription(query);
  return data?.liveStats;
}
