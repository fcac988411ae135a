import { Tooltip } from '@mantine/core';
import { useFormat } from '../lib/format';
import { useNow } from '../lib/useNow';
import classes from './TimeAgo.module.css';

/** How long ago; the exact time on hover, focus and tap. */
export function TimeAgo({ at }: { at: string }) {
  const format = useFormat();
  const date = new Date(at);
  const second = useNow(1000);
  const young = second - date.getTime() < 60_000;
  const now = young ? second : Math.floor(second / 30_000) * 30_000;
  return (
    <Tooltip label={format.exact(date)}>
      <time dateTime={at} className={classes.time}>
        {format.ago(date, now)}
      </time>
    </Tooltip>
  );
}
