import { Drawer } from '@mantine/core';
import {
  IconDots,
  IconGauge,
  IconKey,
  IconListDetails,
  IconProgress,
  IconRoute,
  IconSearch,
  IconSettings,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '../components/Mark';
import { ConnectionLamp } from './ConnectionLamp';
import classes from './Frame.module.css';
import { LanguageMenu, ShortcutsButton, SignOut, ThemeSwitch, TimesSwitch } from './Preferences';
import { Version } from './Version';

interface PlacesProps {
  /** Called when one was chosen. */
  onGo?: () => void;
}

interface NavigationProps {
  /** How many tasks are under way. */
  tasks: number;
  onFind: () => void;
  onHelp: () => void;
}

/** What a thumb reaches at once on a phone. */
function FirstPlaces() {
  const { t } = useTranslation();
  return (
    <>
      <Link to="/" className={classes.place} activeOptions={{ exact: true, includeSearch: false }}>
        <IconGauge size={18} aria-hidden="true" />
        {t('nav.dashboard')}
      </Link>
      <Link to="/groups" className={classes.place} activeOptions={{ includeSearch: false }}>
        <IconRoute size={18} aria-hidden="true" />
        {t('nav.groups')}
      </Link>
      <Link to="/requests" search={{ live: 1 }} className={classes.place} activeOptions={{ includeSearch: false }}>
        <IconListDetails size={18} aria-hidden="true" />
        {t('nav.requests')}
      </Link>
    </>
  );
}

function TasksPlace({ running }: { running: number }) {
  const { t } = useTranslation();
  return (
    <Link to="/tasks" className={classes.place} activeOptions={{ includeSearch: false }}>
      <IconProgress size={18} aria-hidden="true" />
      {t('nav.tasks')}
      {running > 0 && (
        <span className={classes.number}>
          <span aria-hidden="true">{running}</span>
          <span className="hidden-text">{t('frame.running', { count: running })}</span>
        </span>
      )}
    </Link>
  );
}

function ProxyKeysPlace({ onGo }: PlacesProps) {
  const { t } = useTranslation();
  return (
    <Link to="/proxy-keys" className={classes.place} activeOptions={{ includeSearch: false }} onClick={onGo}>
      <IconKey size={18} aria-hidden="true" />
      {t('nav.proxyKeys')}
    </Link>
  );
}

function SettingsPlace({ onGo }: PlacesProps) {
  const { t } = useTranslation();
  return (
    <Link to="/settings" className={classes.place} activeOptions={{ includeSearch: false }} onClick={onGo}>
      <IconSettings size={18} aria-hidden="true" />
      {t('nav.settings')}
    </Link>
  );
}

function Foot({ onGo, onHelp }: PlacesProps & Pick<NavigationProps, 'onHelp'>) {
  const { t } = useTranslation();
  return (
    <div className={classes.foot}>
      <ConnectionLamp />
      <Version />
      <div className={classes.seldom}>
        <Link to="/nodes" className={classes.quiet} onClick={onGo}>
          {t('nav.nodes')}
        </Link>
        <Link to="/audit" className={classes.quiet} activeOptions={{ includeSearch: false }} onClick={onGo}>
          {t('nav.audit')}
        </Link>
        <a href="/playground" className={classes.quiet}>
          {t('nav.playground')}
        </a>
      </div>
      <div className={classes.preferences}>
        <ThemeSwitch />
        <TimesSwitch />
        <LanguageMenu />
        <ShortcutsButton
          onClick={() => {
            onGo?.();
            onHelp();
          }}
        />
        <SignOut />
      </div>
    </div>
  );
}

export function Sidebar({ tasks, onFind, onHelp }: NavigationProps) {
  const { t } = useTranslation();
  return (
    <nav className={classes.sidebar} aria-label={t('nav.main')}>
      <Link to="/" className={classes.name}>
        <Mark size={22} />
        Roundhouse
      </Link>
      <button type="button" className={classes.find} onClick={onFind}>
        <IconSearch size={16} aria-hidden="true" />
        {t('palette.open')}
        <kbd>Ctrl K</kbd>
      </button>
      <div className={classes.places}>
        <FirstPlaces />
        <ProxyKeysPlace />
        <TasksPlace running={tasks} />
        <SettingsPlace />
      </div>
      <Foot onHelp={onHelp} />
    </nav>
  );
}

/** The same on a phone, where thumbs reach it. */
export function BottomBar({ tasks, onFind, onHelp }: NavigationProps) {
  const { t } = useTranslation();
  const [more, setMore] = useState(false);
  return (
    <>
      <nav className={classes.bottom} aria-label={t('nav.main')}>
        <FirstPlaces />
        <TasksPlace running={tasks} />
        <button type="button" className={classes.place} onClick={() => setMore(true)} aria-haspopup="dialog">
          <IconDots size={18} aria-hidden="true" />
          {t('nav.more')}
        </button>
      </nav>
      <Drawer
        opened={more}
        onClose={() => setMore(false)}
        position="bottom"
        size="auto"
        title={t('nav.more')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <nav className={classes.further} aria-label={t('nav.further')}>
          <button
            type="button"
            className={classes.place}
            onClick={() => {
              setMore(false);
              onFind();
            }}
          >
            <IconSearch size={18} aria-hidden="true" />
            {t('palette.open')}
          </button>
          <ProxyKeysPlace onGo={() => setMore(false)} />
          <SettingsPlace onGo={() => setMore(false)} />
        </nav>
        <Foot onGo={() => setMore(false)} onHelp={onHelp} />
      </Drawer>
    </>
  );
}
