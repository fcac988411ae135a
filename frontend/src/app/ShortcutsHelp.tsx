import { Modal, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Frame.module.css';
import { type destinations, setShortcuts, shortcutsOn } from './shortcuts';

const places = {
  d: 'nav.dashboard',
  g: 'nav.groups',
  r: 'nav.requests',
  p: 'nav.proxyKeys',
  t: 'nav.tasks',
  s: 'nav.settings',
  n: 'nav.nodes',
  a: 'nav.audit',
} as const satisfies Record<keyof typeof destinations, string>;

/** Every shortcut of the frame, and the switch for those of a single letter. */
export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [on, setOn] = useState(shortcutsOn);
  function choose(next: boolean) {
    setShortcuts(next);
    setOn(next);
  }
  return (
    <Modal opened={opened} onClose={onClose} title={t('shortcuts.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <dl className={classes.shortcuts}>
        <div>
          <dt>
            <kbd>Ctrl K</kbd> / <kbd>⌘ K</kbd>
          </dt>
          <dd>{t('palette.title')}</dd>
        </div>
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>{t('shortcuts.search')}</dd>
        </div>
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>{t('shortcuts.title')}</dd>
        </div>
        {Object.entries(places).map(([letter, place]) => (
          <div key={letter}>
            <dt>
              <kbd>G</kbd> <kbd>{letter.toUpperCase()}</kbd>
            </dt>
            <dd>{t(place)}</dd>
          </div>
        ))}
      </dl>
      <Switch
        checked={on}
        onChange={(e) => choose(e.currentTarget.checked)}
        label={t('shortcuts.on')}
        description={t('shortcuts.onNote')}
      />
    </Modal>
  );
}
