import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import {
  IconCalendarClock,
  IconDeviceDesktop,
  IconHistory,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, isLocale, locales } from '../lib/i18n';
import { chooseTimes, useTimes } from '../lib/times';
import { leave } from './leave';

const icons = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop };
const following = { light: 'dark', dark: 'auto', auto: 'light' } as const;

interface SwitchProps {
  label: string;
  onClick: () => void;
  children: ReactNode;
}

/** An icon that says how things are, and changes them. */
function Switch({ label, onClick, children }: SwitchProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Light, dark, system, light. */
export function ThemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = icons[colorScheme];
  const label = t('theme.switch', { now: t(`theme.${colorScheme}`) });
  return (
    <Switch label={label} onClick={() => setColorScheme(following[colorScheme])}>
      <Icon size={18} />
    </Switch>
  );
}

/** How long ago, or when exactly. */
export function TimesSwitch() {
  const { t } = useTranslation();
  const times = useTimes();
  const label = t('times.switch', { now: t(`times.${times}`) });
  return (
    <Switch label={label} onClick={() => chooseTimes(times === 'exact' ? 'relative' : 'exact')}>
      {times === 'exact' ? <IconCalendarClock size={18} /> : <IconHistory size={18} />}
    </Switch>
  );
}

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('language')}>
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={i18n.language} onChange={(code) => isLocale(code) && void chooseLanguage(code)}>
          {locales.map(({ code, name }) => (
            <Menu.RadioItem key={code} value={code} lang={code}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

export function ShortcutsButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t('shortcuts.title')}>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('shortcuts.title')} onClick={onClick}>
        <IconKeyboard size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

export function SignOut() {
  const { t } = useTranslation();
  return (
    <Tooltip label={t('signOut')}>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('signOut')} onClick={leave}>
        <IconLogout size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
