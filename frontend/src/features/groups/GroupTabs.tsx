import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { GroupKind } from '../../generated/graphql';
import classes from './GroupTabs.module.css';

const own = { keys: '/groups/$name/keys', upstreams: '/groups/$name/upstreams' } as const;
const members = { members: '/groups/$name/members' } as const;
const shared = {
  shaping: '/groups/$name/shaping',
  settings: '/groups/$name/settings',
  try: '/groups/$name/try',
  history: '/groups/$name/history',
} as const;

/** An aggregate has members where others have keys and upstreams. */
export function GroupTabs({ name, kind }: { name: string; kind: GroupKind }) {
  const { t } = useTranslation();
  const tabs = Object.entries({ ...(kind === 'AGGREGATE' ? members : own), ...shared });
  const strip = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone the strip scrolls; the tab one is on must be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another tab
  useEffect(() => {
    strip.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  return (
    <nav ref={strip} className={classes.tabs} aria-label={t('group.tabs')}>
      <Link to="/groups/$name" params={{ name }} className={classes.tab} activeOptions={{ exact: true }}>
        {t('group.tab.overview')}
      </Link>
      {tabs.map(([tab, to]) => (
        <Link key={tab} to={to} params={{ name }} className={classes.tab} activeOptions={{ includeSearch: false }}>
          {t(`group.tab.${tab as keyof typeof shared}`)}
        </Link>
      ))}
    </nav>
  );
}
