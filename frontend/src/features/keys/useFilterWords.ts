import { useTranslation } from 'react-i18next';
import type { KeysSearch } from './search';

/** A filter as a reader would say it. */
export function useFilterWords(search: KeysSearch): string {
  const { t } = useTranslation();
  return [
    search.status && t(`keys.states.${search.status}`),
    search.fault && t(`keyFault.${search.fault}`),
    search.code && String(search.code),
    search.unused && t(`keys.unused.${search.unused}`),
    search.age && t(`keys.ages.${search.age}`),
    search.q && `“${search.q}”`,
  ]
    .filter(Boolean)
    .join(' · ');
}
