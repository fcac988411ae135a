import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format';
import classes from './ImportPage.module.css';
import type { PreviewState } from './useImport';

/** What will happen, before it does. */
export function ImportPreview({ state }: { state: PreviewState }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!state) return null;
  if (state.kind === 'looking') {
    return (
      <p className={classes.preview} role="status">
        {t('import.counting')} {state.share > 0 && state.share < 1 && format.percent(Math.floor(state.share * 100) / 100)}
      </p>
    );
  }
  const p = state.preview;
  const figure = (name: 'there' | 'repeated' | 'unusable', count: number) =>
    count > 0 && <span>{t(`import.${name}`, { count, shown: format.number(count) })}</span>;
  return (
    <div role="status" className={classes.will}>
      <p className={classes.preview}>
        <strong>{t('import.fresh', { count: p.fresh, shown: format.number(p.fresh) })}</strong>
        {figure('there', p.alreadyThere)}
        {figure('repeated', p.repeated)}
        {figure('unusable', p.unusable)}
      </p>
      {p.sample.length > 0 && (
        <p className={classes.preview}>
          {p.sample.map((masked, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two keys may look the same when masked
            <code key={i}>{masked}</code>
          ))}
          {p.fresh > p.sample.length && <span>{t('bulk.andMore')}</span>}
        </p>
      )}
      <ul className={classes.problems}>
        {p.problems.map((x, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may have the same fault twice
          <li key={i}>{x.line === null ? x.message : t('import.problem', { line: x.line, message: x.message })}</li>
        ))}
      </ul>
      {p.unusable > p.problems.length && <p className={classes.preview}>{t('import.moreProblems')}</p>}
    </div>
  );
}
