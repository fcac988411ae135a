import { NativeSelect, TextInput } from '@mantine/core';
import type { ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { graphql } from '../../generated';
import { useSettled } from '../../lib/useSettled';
import { KeyField } from './KeyField';
import { charges, type RequestsSearch, ranges, readSearch, results, statuses } from './search';

const filterBar = graphql(`
  query FilterBar {
    groups {
      id
      name
    }
  }
`);

interface FilterFieldsProps {
  search: RequestsSearch;
  onChange: (change: Partial<RequestsSearch>) => void;
}

type Choice = 'group' | 'result' | 'status' | 'range' | 'charged';

/** A select's empty value is no filter. */
function pick(name: Choice, onChange: FilterFieldsProps['onChange']) {
  return (e: ChangeEvent<HTMLSelectElement>) => onChange({ [name]: readSearch({ [name]: e.currentTarget.value })[name] });
}

/** What one filters by most. */
export function FirstFields({ search, onChange }: FilterFieldsProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: filterBar });
  const model = useSettled(search.model ?? '', (value) => onChange({ model: value || undefined }));
  const names = new Set(data?.groups.map((g) => g.name));
  if (search.group) names.add(search.group);
  const codes = new Set<string>(statuses);
  if (search.status) codes.add(search.status);
  const stretch = search.from !== undefined || search.to !== undefined;
  return (
    <>
      {search.live !== 1 && (
        <NativeSelect
          label={t('requests.range')}
          value={stretch ? '' : (search.range ?? '24h')}
          onChange={(e) => {
            const { range } = readSearch({ range: e.currentTarget.value });
            onChange({ range, from: undefined, to: undefined });
          }}
          data={[
            ...(stretch ? [{ value: '', label: t('requests.stretch') }] : []),
            ...ranges.map((value) => ({ value, label: t(`requests.ranges.${value}`) })),
          ]}
        />
      )}
      <NativeSelect
        label={t('groups.group')}
        value={search.group ?? ''}
        onChange={pick('group', onChange)}
        data={[{ value: '', label: t('requests.anyGroup') }, ...[...names].map((value) => ({ value, label: value }))]}
      />
      <TextInput label={t('requests.model')} placeholder={t('requests.anyModel')} spellCheck={false} {...model} />
      <NativeSelect
        label={t('requests.result')}
        value={search.result ?? ''}
        onChange={pick('result', onChange)}
        data={[
          { value: '', label: t('requests.anyResult') },
          ...results.map((value) => ({ value, label: t(`requests.results.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t('requests.status')}
        value={search.status ?? ''}
        onChange={pick('status', onChange)}
        data={[{ value: '', label: t('requests.anyStatus') }, ...[...codes].map((value) => ({ value, label: value }))]}
      />
    </>
  );
}

/** What one filters by when hunting for one cause. */
export function FurtherFields({ search, onChange }: FilterFieldsProps) {
  const { t } = useTranslation();
  const caller = useSettled(search.caller ?? '', (value) => onChange({ caller: value || undefined }));
  const proxyKey = useSettled(search.proxyKey ?? '', (value) => onChange({ proxyKey: value || undefined }));
  const minMs = useSettled(String(search.minMs ?? ''), (value) => onChange({ minMs: readSearch({ minMs: value }).minMs }));
  const error = useSettled(search.error ?? '', (value) => onChange({ error: value || undefined }));
  return (
    <>
      <KeyField value={search.key} onChange={(key) => onChange({ key })} />
      <NativeSelect
        label={t('requests.charged')}
        value={search.charged ?? ''}
        onChange={pick('charged', onChange)}
        data={[
          { value: '', label: t('requests.anyCharged') },
          ...charges.map((value) => ({ value, label: t(`requests.chargedTo.${value}`) })),
        ]}
      />
      <TextInput label={t('request.caller')} placeholder={t('requests.callerPlaceholder')} spellCheck={false} {...caller} />
      <TextInput label={t('requests.proxyKeyId')} inputMode="numeric" spellCheck={false} {...proxyKey} />
      <TextInput label={t('requests.minMs')} inputMode="numeric" {...minMs} />
      <TextInput label={t('requests.errorText')} spellCheck={false} {...error} />
    </>
  );
}
