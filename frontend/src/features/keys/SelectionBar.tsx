import { ActionIcon, Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDots, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { useFormat } from '../../lib/format';
import { type BulkAction, bulkActions } from './BulkDialog';
import classes from './KeysPage.module.css';
import { keySelection } from './keyDocuments';
import { isFiltered, type KeysSearch } from './search';
import { type Selection, selectorOf } from './selection';
import { useFilterWords } from './useFilterWords';
import type { KeysAsked } from './useKeyList';

interface SelectionBarProps {
  asked: KeysAsked;
  search: KeysSearch;
  selection: Selection;
  onClear: () => void;
  onAct: (action: BulkAction) => void;
}

/** The selection in words, counted by the server, and what can be done with it. */
export function SelectionBar({ asked, search, selection, onClear, onAct }: SelectionBarProps) {
  const { t } = useTranslation();
  const phone = useMediaQuery('(max-width: 767px)') ?? false;
  return (
    <section className={classes.selection} aria-label={t('keys.selection')}>
      <ActionIcon variant="subtle" color="gray" size={phone ? 44 : 28} aria-label={t('keys.clearSelection')} onClick={onClear}>
        <IconX size={16} />
      </ActionIcon>
      <p className={classes.words} role="status">
        {selection.kind === 'some' ? (
          t('keys.selected', { count: selection.ids.size })
        ) : (
          <Rule asked={asked} search={search} selection={selection} />
        )}
      </p>
      {phone ? (
        <Menu position="top-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconDots size={16} />}>
              {t('keys.act')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {bulkActions.map((action) => (
              <Menu.Item key={action} color={action === 'delete' ? 'red' : undefined} onClick={() => onAct(action)}>
                {t(`bulk.${action}.verb`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : (
        <span className={classes.acts}>
          {bulkActions.map((action) => (
            <Button
              key={action}
              size="xs"
              variant={action === 'delete' ? 'subtle' : 'default'}
              color={action === 'delete' ? 'red' : undefined}
              onClick={() => onAct(action)}
            >
              {t(`bulk.${action}.verb`)}
            </Button>
          ))}
        </span>
      )}
    </section>
  );
}

/** "All 431,207 keys that match: invalid · 401, but 3". */
function Rule({ asked, search, selection }: Pick<SelectionBarProps, 'asked' | 'search' | 'selection'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useFilterWords(search);
  const variables = useMemo(() => ({ keys: selectorOf(asked.groupId, asked.filter, selection) }), [asked, selection]);
  const [{ data, fetching }] = useQuery({ query: keySelection, variables, requestPolicy: 'network-only' });
  const found = fetching ? undefined : data?.keySelection;
  const shown = found
    ? found.exact
      ? format.number(found.count)
      : t('keys.atLeast', { count: format.number(found.count) })
    : '…';
  const count = found?.count ?? 2;
  const but = selection.kind === 'rule' ? selection.except.size : 0;
  return (
    <>
      {isFiltered(search) ? t('keys.allMatching', { count, shown, words }) : t('keys.allOfGroup', { count, shown })}
      {but > 0 && <span className={classes.but}>{t('keys.but', { count: but, shown: format.number(but) })}</span>}
    </>
  );
}
