import { ActionIcon, Button, Drawer, NativeSelect, TextInput, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconAdjustmentsHorizontal,
  IconBaselineDensityMedium,
  IconBaselineDensitySmall,
  IconRefresh,
  IconSearch,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettled } from '../../lib/useSettled';
import classes from './KeysPage.module.css';
import { ages, faults, filterFields, type KeysSearch, orders, readKeysSearch, spans, states } from './search';
import { useFingerprint } from './useFingerprint';

/** Statuses that a provider gives a key; any other can stand in the address. */
const codes = [400, 401, 402, 403, 404, 429, 500, 503];

interface KeyFiltersProps {
  groupId: string;
  search: KeysSearch;
  onChange: (change: Partial<KeysSearch>) => void;
  compact: boolean;
  onCompact: (compact: boolean) => void;
  onRefresh: () => void;
  /** What else can be done here, at the right. */
  children: ReactNode;
}

/** A field to search by, and a line of filters; on a phone these are in a sheet. */
export function KeyFilters({ groupId, search, onChange, compact, onCompact, onRefresh, children }: KeyFiltersProps) {
  const { t } = useTranslation();
  const phone = useMediaQuery('(max-width: 767px)') ?? false;
  const [sheet, setSheet] = useState(false);
  const toFingerprint = useFingerprint(groupId);
  const text = useSettled(search.q ?? '', async (typed) => onChange({ q: (await toFingerprint(typed)) || undefined }));
  const set = filterFields.filter((name) => search[name] !== undefined).length;
  const selects = (
    <>
      <Selects search={search} onChange={onChange} />
      {set > 0 && (
        <Button variant="subtle" onClick={() => onChange(Object.fromEntries(filterFields.map((name) => [name, undefined])))}>
          {t('keys.clearFilters')}
        </Button>
      )}
    </>
  );

  return (
    <search className={classes.filters} aria-label={t('keys.filters')}>
      <div className={classes.line}>
        <TextInput
          data-search
          className={classes.search}
          aria-label={t('keys.search')}
          placeholder={t('keys.searchHint')}
          leftSection={<IconSearch size={16} />}
          autoComplete="off"
          spellCheck={false}
          {...text}
        />
        {phone ? (
          <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} />} onClick={() => setSheet(true)}>
            {set > 0 ? t('keys.filtersSet', { count: set }) : t('keys.filters')}
          </Button>
        ) : (
          <Tool label={compact ? t('keys.roomy') : t('keys.compact')} onClick={() => onCompact(!compact)}>
            {compact ? <IconBaselineDensityMedium size={18} /> : <IconBaselineDensitySmall size={18} />}
          </Tool>
        )}
        <Tool label={t('keys.refresh')} onClick={onRefresh}>
          <IconRefresh size={18} />
        </Tool>
        <span className={classes.actions}>{children}</span>
      </div>
      {!phone && <div className={`${classes.line} ${classes.selects}`}>{selects}</div>}
      <Drawer
        opened={phone && sheet}
        onClose={() => setSheet(false)}
        position="bottom"
        size="auto"
        title={t('keys.filters')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <div className={classes.sheet}>
          {selects}
          <Button onClick={() => setSheet(false)}>{t('keys.showMatches')}</Button>
        </div>
      </Drawer>
    </search>
  );
}

function Tool({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Selects({ search, onChange }: Pick<KeyFiltersProps, 'search' | 'onChange'>) {
  const { t } = useTranslation();
  /** A select's empty value is no filter. */
  const pick = (name: 'status' | 'fault' | 'code' | 'unused' | 'age' | 'order') => (e: React.ChangeEvent<HTMLSelectElement>) =>
    onChange({ [name]: readKeysSearch({ [name]: e.currentTarget.value })[name] });
  const shownCodes = search.code && !codes.includes(search.code) ? [search.code, ...codes] : codes;

  return (
    <>
      <NativeSelect
        aria-label={t('keys.column.state')}
        value={search.status ?? ''}
        onChange={pick('status')}
        data={[{ value: '', label: t('keys.anyState') }, ...states.map((value) => ({ value, label: t(`keys.states.${value}`) }))]}
      />
      <NativeSelect
        aria-label={t('keys.column.cause')}
        value={search.fault ?? ''}
        onChange={pick('fault')}
        data={[{ value: '', label: t('keys.anyCause') }, ...faults.map((value) => ({ value, label: t(`keyFault.${value}`) }))]}
      />
      <NativeSelect
        aria-label={t('keys.code')}
        value={String(search.code ?? '')}
        onChange={pick('code')}
        data={[
          { value: '', label: t('keys.anyCode') },
          ...shownCodes.map((code) => ({ value: String(code), label: String(code) })),
        ]}
      />
      <NativeSelect
        aria-label={t('keys.column.used')}
        value={search.unused ?? ''}
        onChange={pick('unused')}
        data={[{ value: '', label: t('keys.anyUse') }, ...spans.map((value) => ({ value, label: t(`keys.unused.${value}`) }))]}
      />
      <NativeSelect
        aria-label={t('keys.column.made')}
        value={search.age ?? ''}
        onChange={pick('age')}
        data={[{ value: '', label: t('keys.anyAge') }, ...ages.map((value) => ({ value, label: t(`keys.ages.${value}`) }))]}
      />
      <NativeSelect
        aria-label={t('keys.order')}
        value={search.order ?? 'newest'}
        onChange={pick('order')}
        data={orders.map((value) => ({ value, label: t(`keys.orders.${value}`) }))}
      />
    </>
  );
}
