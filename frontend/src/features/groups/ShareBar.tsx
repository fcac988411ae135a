import { useFormat } from '../../lib/format';
import classes from './ShareBar.module.css';

/** A share of the traffic, as a length and a figure. */
export function ShareBar({ share }: { share: number }) {
  const format = useFormat();
  return (
    <span className={classes.share}>
      <span className={classes.track} aria-hidden="true">
        <span data-mark="" style={{ width: `${100 * share}%` }} />
      </span>
      <span className={classes.figure}>{format.percent(share)}</span>
    </span>
  );
}
