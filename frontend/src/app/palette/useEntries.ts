import { useMantineColorScheme } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { graphql } from '../../generated';
import { chooseLanguage, locales } from '../../lib/i18n';
import { chooseTimes } from '../../lib/times';
import { leave } from '../leave';

const paletteGroups = graphql(`
  query PaletteGroups {
    groups {
      id
      name
      displayName
    }
  }
`);

/** One thing the palette can do. */
export interface Entry {
  id: string;
  /** What kind of thing it is, in a word. */
  kind: string;
  label: string;
  /** Also found by it. */
  also?: string;
  run: () => void;
}

/** Whether a text is a request's id, as the gateway makes them. */
export function isRequestId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text);
}

const fingerprint = /^[0-9a-f]{12}$/i;

/** What fits the words typed, best first: what they name, then groups, pages and actions. */
export function useEntries(typed: string, onHelp: () => void): Entry[] {
  const { t } = useTranslation();
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme();
  const [{ data }] = useQuery({ query: paletteGroups });
  const words = typed.trim().toLowerCase().split(/\s+/);

  const go = (href: string) => () => router.history.push(href);
  const pages: [label: string, href: string][] = [
    [t('nav.dashboard'), '/'],
    [t('nav.groups'), '/groups'],
    [t('palette.live'), '/requests?live=1'],
    [t('palette.history'), '/requests'],
    [t('nav.proxyKeys'), '/proxy-keys'],
    [t('nav.tasks'), '/tasks'],
    [t('nav.settings'), '/settings'],
    [t('nav.nodes'), '/nodes'],
    [t('nav.audit'), '/audit'],
  ];
  const actions: Omit<Entry, 'kind'>[] = [
    { id: 'new-group', label: t('groups.new'), run: go('/new-group') },
    { id: 'new-aggregate', label: t('groups.newAggregate'), run: go('/new-group?kind=aggregate') },
    ...(['light', 'dark', 'auto'] as const).map((scheme) => ({
      id: `theme-${scheme}`,
      label: t('theme.switch', { now: t(`theme.${scheme}`) }),
      run: () => setColorScheme(scheme),
    })),
    ...(['relative', 'exact'] as const).map((times) => ({
      id: `times-${times}`,
      label: t('times.switch', { now: t(`times.${times}`) }),
      run: () => chooseTimes(times),
    })),
    ...locales.map(({ code, name }) => ({
      id: `language-${code}`,
      label: `${t('language')}: ${name}`,
      run: () => void chooseLanguage(code),
    })),
    { id: 'shortcuts', label: t('shortcuts.title'), run: onHelp },
    { id: 'playground', label: t('nav.playground'), run: () => window.location.assign('/playground') },
    { id: 'sign-out', label: t('signOut'), run: leave },
  ];

  const all: Entry[] = [
    ...(data?.groups ?? []).map((g) => ({
      id: `group-${g.id}`,
      kind: t('palette.group'),
      label: g.displayName || g.name,
      also: g.name,
      run: go(`/groups/${g.name}`),
    })),
    ...pages.map(([label, href]) => ({ id: href, kind: t('palette.page'), label, run: go(href) })),
    ...actions.map((action) => ({ ...action, kind: t('palette.action') })),
  ];
  const found = all.filter(({ kind, label, also = '' }) => {
    const text = `${label} ${also} ${kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });

  const id = typed.trim().toLowerCase();
  if (isRequestId(id)) {
    found.unshift({ id: 'request', kind: t('palette.request'), label: id, run: go(`/requests/${id}`) });
  } else if (fingerprint.test(id)) {
    found.unshift({ id: 'key', kind: t('palette.key'), label: id, run: go(`/requests?key=${id}`) });
  }
  return found.slice(0, 50);
}
