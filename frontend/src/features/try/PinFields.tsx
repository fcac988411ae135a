import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { graphql } from '../../generated';
import type { GroupKind } from '../../generated/graphql';
import { unkept } from '../../lib/unkept';
import type { Pins } from './pins';
import classes from './TryPage.module.css';

const upstreams = graphql(`
  query TryUpstreams($groupId: ID!) {
    group(id: $groupId) {
      id
      upstreams {
        url
      }
      subGroups {
        group {
          id
          upstreams {
            url
          }
        }
      }
    }
  }
`);

const found = graphql(`
  query TryKeys($groupId: ID!, $search: String!) {
    keys(groupId: $groupId, filter: { search: $search }, first: 5) {
      edges {
        node {
          id
          masked
          notes
        }
      }
    }
  }
`);

const pinned = graphql(`
  query TryPinnedKey($id: ID!) {
    key(id: $id) {
      id
      masked
    }
  }
`);

interface PinFieldsProps {
  group: { id: string; kind: GroupKind };
  pins: Pins;
  onPins: (pins: Pins) => void;
}

/** What is taken from the group's own choice. */
export function PinFields({ group, pins, onPins }: PinFieldsProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: upstreams, variables: { groupId: group.id } });
  const own = data?.group?.upstreams ?? [];
  const members = data?.group?.subGroups.flatMap((s) => s.group.upstreams) ?? [];
  const urls = [...new Set([...own, ...members].map((u) => u.url))];
  return (
    <div className={classes.pins}>
      <NativeSelect
        label={t('try.upstream')}
        value={pins.upstream ?? ''}
        onChange={(e) => onPins({ ...pins, upstream: e.currentTarget.value || undefined })}
        data={[{ value: '', label: t('try.anyUpstream') }, ...urls.map((value) => ({ value, label: value }))]}
      />
      {group.kind === 'STANDARD' &&
        (pins.key ? (
          <PinnedKey id={pins.key} onRemove={() => onPins({ ...pins, key: undefined })} />
        ) : (
          <KeySearch groupId={group.id} onFound={(key) => onPins({ ...pins, key })} />
        ))}
    </div>
  );
}

function PinnedKey({ id, onRemove }: { id: string; onRemove: () => void }) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: pinned, variables: { id } });
  return (
    <div className={classes.pinned}>
      <span>{t('try.pinnedKey')}</span>
      <code>{data?.key?.masked ?? id}</code>
      <Button size="compact-sm" variant="default" onClick={onRemove}>
        {t('try.unpin')}
      </Button>
    </div>
  );
}

/** Finds a key by its beginning of notes, its fingerprint or itself; what is typed stays here. */
function KeySearch({ groupId, onFound }: { groupId: string; onFound: (id: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 300);
  const [{ data }] = useQuery({
    query: found,
    variables: { groupId, search },
    pause: search === '',
    context: unkept,
  });
  const keys = search === '' ? [] : (data?.keys.edges.map((edge) => edge.node) ?? []);
  return (
    <div>
      <TextInput
        label={t('try.key')}
        placeholder={t('try.anyKey')}
        value={typed}
        onChange={(e) => setTyped(e.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      {keys.length > 0 && (
        <ul className={classes.found}>
          {keys.map((key) => (
            <li key={key.id}>
              <button type="button" onClick={() => onFound(key.id)}>
                <code>{key.masked}</code> {key.notes}
              </button>
            </li>
          ))}
        </ul>
      )}
      {search !== '' && data?.keys.edges.length === 0 && <p className={classes.hint}>{t('keys.noMatch')}</p>}
    </div>
  );
}
