import { useTranslation } from 'react-i18next';
import type { Dialect } from '../../generated/graphql';
import classes from './NewGroupSheet.module.css';

/** A dialect at its provider's own address, or OpenAI's dialect at an address of one's own. */
export type Provider = Dialect | 'CUSTOM';

const providers: Provider[] = ['OPENAI', 'OPENAI_RESPONSES', 'ANTHROPIC', 'GEMINI', 'CUSTOM'];

export function dialectOf(provider: Provider): Dialect {
  return provider === 'CUSTOM' ? 'OPENAI' : provider;
}

export function suggestedName(provider: Provider): string {
  return provider === 'CUSTOM' ? '' : provider.toLowerCase().replace('_', '-');
}

interface ProviderCardsProps {
  value: Provider;
  onChange: (provider: Provider) => void;
}

export function ProviderCards({ value, onChange }: ProviderCardsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.cards}>
      {providers.map((provider) => (
        <label key={provider} className={classes.card}>
          <input type="radio" name="provider" checked={provider === value} onChange={() => onChange(provider)} />
          <span>
            <b>{t(`provider.${provider}.name`)}</b>
            <span className={classes.what}>{t(`provider.${provider}.what`)}</span>
          </span>
        </label>
      ))}
    </div>
  );
}
