import { Tooltip } from '@mantine/core';
import { useFormat } from '../lib/format';
import { useTimes } from '../lib/times';
import { useNow } from '../lib/useNow';
import classes from './TimeAgo.module.css';

/** How long ago, and the exact time on hover and tap; or the other way about. */
export function TimeAgo({ at }: { at: string }) {
  const format = useFormat();
  const date = new Date(at);
  const second = useNow(1000);
  const young = second - date.getTime() < 60_000;
  const now = young ? second : Math.floor(second / 30_000) * 30_000;
  const ago = format.ago(date, now);
  const exact = useTimes() === 'exact';
  return (
    <Tooltip label={exact ? ago : format.exact(date)}>
      <time dateTime={at} className={classes.time}>
        {exact ? format.stamp(date, now) : ago}
      </time>
    </Tooltip>
  );
}
