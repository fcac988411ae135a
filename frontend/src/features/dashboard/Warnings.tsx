import { useTranslation } from 'react-i18next';
import { Lamp, type LampState } from '../../components/Lamp';
import { type FragmentType, graphql, readFragment } from '../../generated';
import type { Severity } from '../../generated/graphql';
import classes from './DashboardPage.module.css';

const warningFragment = graphql(`
  fragment Warnings_warning on SecurityWarning {
    code
    severity
    message
    remedy
  }
`);

const lamps: Record<Severity, LampState> = { LOW: 'disabled', MEDIUM: 'cooling', HIGH: 'failing' };

const worded = ['AUTH_KEY_WEAK', 'ENCRYPTION_OFF', 'PROXY_KEY_WEAK'] as const;

/** What weakens this installation, each with what would mend it. */
export function Warnings({ warnings }: { warnings: readonly FragmentType<typeof warningFragment>[] }) {
  const { t } = useTranslation();
  const list = readFragment(warningFragment, warnings);
  if (list.length === 0) return null;
  return (
    <ul className={classes.warnings} aria-label={t('dashboard.warnings')}>
      {list.map((w) => (
        <li key={w.code}>
          <Lamp state={lamps[w.severity]}>{t(`severity.${w.severity}`)}</Lamp>
          <Words warning={w} />
        </li>
      ))}
    </ul>
  );
}

/** In the reader's language where the code is known, else as the gateway words it. */
function Words({ warning }: { warning: { code: string; message: string; remedy: string } }) {
  const { t } = useTranslation();
  const code = worded.find((known) => known === warning.code);
  return (
    <span>
      {code ? t(`warning.${code}.message`) : warning.message}{' '}
      <span className={classes.remedy}>{code ? t(`warning.${code}.remedy`) : warning.remedy}</span>
    </span>
  );
}
