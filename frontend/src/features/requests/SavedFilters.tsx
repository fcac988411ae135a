import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './FilterBar.module.css';
import { useSavedFilters } from './savedFilters';
import { countFilters, noFilters, type RequestsFilter, type RequestsSearch } from './search';

interface SavedFiltersProps {
  search: RequestsSearch;
  onChange: (change: Partial<RequestsSearch>) => void;
}

/** Filters that were given a name: take one, keep the present ones, forget one. */
export function SavedFilters({ search, onChange }: SavedFiltersProps) {
  const { t } = useTranslation();
  const { saved, save, forget } = useSavedFilters();
  const [name, setName] = useState('');
  const [open, setOpen] = useState(false);

  function keep(e: FormEvent) {
    e.preventDefault();
    save(name.trim(), search);
    setName('');
    setOpen(false);
  }

  function take(filter: RequestsFilter) {
    onChange({ ...noFilters, ...filter });
    setOpen(false);
  }

  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      trapFocus
      hideDetached={false}
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button variant="default" leftSection={<IconBookmark size={16} />} onClick={() => setOpen(!open)}>
          {t('requests.saved')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.saved} aria-label={t('requests.saved')}>
        {saved.length === 0 && countFilters(search) === 0 && <p className={classes.hint}>{t('requests.noSaved')}</p>}
        <ul>
          {saved.map((one) => (
            <li key={one.name} className={classes.savedRow}>
              <Button variant="subtle" color="gray" justify="start" fullWidth onClick={() => take(one.filter)}>
                {one.name}
              </Button>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('requests.forget', { name: one.name })}
                onClick={() => forget(one.name)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </li>
          ))}
        </ul>
        {countFilters(search) > 0 && (
          <form className={classes.keep} onSubmit={keep}>
            <TextInput
              aria-label={t('requests.filterName')}
              placeholder={t('requests.filterName')}
              value={name}
              maxLength={60}
              onChange={(e) => setName(e.currentTarget.value)}
            />
            <Button type="submit" disabled={!name.trim()}>
              {t('requests.keepFilter')}
            </Button>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
