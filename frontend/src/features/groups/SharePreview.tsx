import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format';
import { type Member, tiersOf } from './members';
import classes from './SharePreview.module.css';
import { sharesOf } from './shares';

/** How the traffic would be shared, priority by priority; it follows what is typed. */
export function SharePreview({ members }: { members: readonly Member[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tiers = tiersOf(members);
  if (tiers.length === 0) return <p className={classes.none}>{t('members.noShares')}</p>;
  return (
    <ol className={classes.tiers} aria-live="polite">
      {tiers.map((tier, i) => {
        const shares = sharesOf(tier.members.map((m) => m.weight));
        return (
          <li key={tier.priority}>
            <span className={classes.when}>{i === 0 ? t('members.first') : t('members.then')}</span>
            <ul className={classes.bar}>
              {tier.members.map((m, at) => (
                <li key={m.id} style={{ flexGrow: shares[at] }} data-none={shares[at] === 0 || undefined}>
                  <span>{m.name}</span> <b>{format.percent(shares[at] ?? 0)}</b>
                </li>
              ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}
