import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SettingField } from '../../components/SettingField';
import type { SettingOrigin, SettingType } from '../../generated/graphql';
import type { SettingWords } from '../../lib/settings';
import classes from './SettingsPage.module.css';

interface SettingRowProps {
  definition: { type: SettingType; default: string; min?: number | null; max?: number | null };
  words: SettingWords;
  value: string;
  /** The default, as a sentence has it. */
  fallback: string;
  origin: SettingOrigin;
  error?: string;
  /** Null takes the default again. */
  onChange: (value: string | null) => void;
}

/** A setting with its default beside it. */
export function SettingRow({ definition, words, value, fallback, origin, error, onChange }: SettingRowProps) {
  const { t } = useTranslation();
  const differs = value !== definition.default;
  return (
    <div className={classes.row} data-changed={differs || undefined}>
      <SettingField definition={definition} words={words} value={value} error={error} onChange={onChange} />
      <div className={classes.aside}>
        <span>{t('settings.default', { value: fallback })}</span>
        {origin !== 'DEFAULT' && <span className={classes.origin}>{t(`origin.${origin}`)}</span>}
        {differs && (
          <Button
            size="xs"
            variant="subtle"
            aria-label={t('settings.resetOne', { name: words.label })}
            onClick={() => onChange(null)}
          >
            {t('settings.reset')}
          </Button>
        )}
      </div>
    </div>
  );
}
