import { NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingType } from '../generated/graphql';
import type { SettingWords } from '../lib/settings';
import classes from './SettingField.module.css';

interface SettingFieldProps {
  definition: { type: SettingType; min?: number | null; max?: number | null };
  words: SettingWords;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

/** One setting's input, by its type, with its bounds and unit. The server judges what is typed. */
export function SettingField({ definition, words, value, error, onChange }: SettingFieldProps) {
  const { t } = useTranslation();
  if (definition.type === 'BOOLEAN') {
    return (
      <NativeSelect
        label={words.label}
        description={words.what}
        data={[
          { value: 'true', label: t('settings.on') },
          { value: 'false', label: t('settings.off') },
        ]}
        value={value}
        error={error}
        onChange={(e) => onChange(e.currentTarget.value)}
      />
    );
  }
  const number = definition.type === 'INT';
  const { min, max } = definition;
  const bounds = number && min != null && max != null ? ` ${t('settings.bounds', { min, max, unit: words.unit })}`.trimEnd() : '';
  return (
    <TextInput
      label={words.label}
      description={`${words.what}${bounds}`}
      type={number ? 'number' : 'text'}
      value={value}
      error={error}
      onChange={(e) => onChange(e.currentTarget.value)}
      rightSection={words.unit && <span className={classes.unit}>{words.unit}</span>}
      rightSectionWidth={words.unit ? 48 : undefined}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
