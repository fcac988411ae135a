import { Button, Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAdjustments, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format';
import classes from './FilterBar.module.css';
import { FirstFields, FurtherFields } from './FilterFields';
import { countFilters, furtherOf, noFilters, type RequestsSearch } from './search';

interface FilterBarProps {
  search: RequestsSearch;
  onChange: (change: Partial<RequestsSearch>) => void;
}

/** One bar for both gears: what one asks for most in a row, the rest behind a button; on a phone all of it in a sheet. */
export function FilterBar(props: FilterBarProps) {
  const phone = useMediaQuery('(max-width: 767px)');
  return phone ? <Sheet {...props} /> : <Rows {...props} />;
}

function Rows({ search, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const hidden = furtherOf(search);
  const [more, setMore] = useState(hidden > 0);
  return (
    <search className={classes.bar} aria-label={t('requests.filters')}>
      <div className={classes.fields}>
        <FirstFields search={search} onChange={onChange} />
        <Button
          variant={more ? 'light' : 'default'}
          leftSection={<IconAdjustments size={16} />}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          {hidden > 0 ? t('requests.moreCount', { shown: hidden }) : t('requests.more')}
        </Button>
        <Held search={search} onChange={onChange} />
      </div>
      {more && (
        <div className={classes.fields}>
          <FurtherFields search={search} onChange={onChange} />
        </div>
      )}
    </search>
  );
}

function Sheet({ search, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const count = countFilters(search);
  return (
    <>
      <div className={classes.phone}>
        <Button
          variant="default"
          leftSection={<IconAdjustments size={16} />}
          onClick={() => setOpen(true)}
          aria-haspopup="dialog"
        >
          {count > 0 ? t('requests.filtersCount', { shown: count }) : t('requests.filters')}
        </Button>
        <Held search={search} onChange={onChange} />
      </div>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title={t('requests.filters')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <search className={classes.sheet}>
          <FirstFields search={search} onChange={onChange} />
          <FurtherFields search={search} onChange={onChange} />
          <Button onClick={() => setOpen(false)}>{t('requests.show')}</Button>
        </search>
      </Drawer>
    </>
  );
}

/** What holds and is in no field, and how to be rid of all of it. */
function Held({ search, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { from, to } = search;
  const exact = (end: string) => format.exact(new Date(end));
  return (
    <>
      {search.live !== 1 && (from || to) && (
        <Button
          variant="light"
          rightSection={<IconX size={14} aria-hidden="true" />}
          onClick={() => onChange({ from: undefined, to: undefined })}
        >
          <span className="hidden-text">{t('requests.anyTime')} </span>
          {from && to && format.stretch(new Date(from), new Date(to))}
          {from && !to && t('requests.from', { time: exact(from) })}
          {to && !from && t('requests.until', { time: exact(to) })}
        </Button>
      )}
      {countFilters(search) > 0 && (
        <Button variant="subtle" onClick={() => onChange(noFilters)}>
          {t('requests.clear')}
        </Button>
      )}
    </>
  );
}
