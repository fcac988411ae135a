import { useTranslation } from 'react-i18next';
import type { SettingType } from '../generated/graphql';

/** What was typed and not yet saved, by name; null asks for the value that would be in force without one. */
export type Draft = Readonly<Record<string, string | null>>;

/** The settings that have words in the reader's language; one that a newer gateway brings keeps the gateway's own. */
const worded = [
  'appUrl',
  'requestLogRetentionDays',
  'requestLogWriteIntervalMinutes',
  'enableRequestBodyLogging',
  'requestTimeout',
  'connectTimeout',
  'responseHeaderTimeout',
  'idleConnTimeout',
  'streamIdleTimeout',
  'maxIdleConns',
  'maxIdleConnsPerHost',
  'proxyUrl',
  'maxRetries',
  'blacklistThreshold',
  'failoverStatusCodes',
  'blacklistStatusCodes',
  'cooldownSeconds',
  'keyValidationIntervalMinutes',
  'keyValidationConcurrency',
  'keyValidationTimeoutSeconds',
] as const;
const categories = ['general', 'requestLog', 'timeouts', 'connections', 'failover', 'validation'] as const;
const units = ['s', 'min', 'days'] as const;

interface Described {
  name: string;
  category: string;
  type: SettingType;
  label: string;
  description: string;
  unit: string | null | undefined;
}

export interface SettingWords {
  label: string;
  what: string;
  category: string;
  unit: string;
}

/** A setting in the reader's language, and any value of it as a sentence would have it: "600 s", "off", "empty". */
export function useSettingWords(): { words: (d: Described) => SettingWords; shown: (d: Described, value: string) => string } {
  const { t } = useTranslation();
  function words(d: Described): SettingWords {
    const name = worded.find((w) => w === d.name);
    const category = categories.find((c) => c === d.category);
    const unit = units.find((u) => u === d.unit);
    return {
      label: name ? t(`setting.${name}.label`) : d.label,
      what: name ? t(`setting.${name}.what`) : d.description,
      category: category ? t(`settingCategory.${category}`) : d.category,
      unit: unit ? t(`unit.${unit}`) : (d.unit ?? ''),
    };
  }
  function shown(d: Described, value: string): string {
    if (value === '') return t('settings.emptyValue');
    if (d.type === 'BOOLEAN') return value === 'true' ? t('settings.on') : t('settings.off');
    if (d.name.endsWith('StatusCodes')) return spaced(value);
    return `${value} ${words(d).unit}`.trim();
  }
  return { words, shown };
}

/** A list of status codes that a line may break between its parts, and within none. */
function spaced(codes: string): string {
  return codes.replaceAll(/,\s*/g, ', ').replaceAll('-', '\u2011');
}

/** As the server's inputs want it. A number that was emptied is no number: it takes the default again. */
export function settingInput(type: SettingType, value: string | null): string | number | boolean | null {
  if (value === null || (type === 'INT' && value.trim() === '')) return null;
  if (type === 'INT') return Number(value);
  return type === 'BOOLEAN' ? value === 'true' : value;
}
