import { Tooltip } from '@mantine/core';
import { type RefObject, useRef } from 'react';
import { type Format, useFormat } from '../lib/format';
import { useTimes } from '../lib/times';
import { useNow } from '../lib/useNow';
import classes from './TimeAgo.module.css';

/** How long ago, and the exact time on hover and tap; or the other way about. */
export function TimeAgo({ at }: { at: string }) {
  const format = useFormat();
  const place = useRef<HTMLTimeElement>(null);
  const ago = <Ago at={at} format={format} place={place} />;
  const exact = useTimes() === 'exact';
  return (
    <Tooltip label={exact ? ago : <Exact at={at} format={format} />}>
      <time ref={place} dateTime={at} className={classes.time}>
        {exact ? format.stamp(new Date(at), Date.now()) : ago}
      </time>
    </Tooltip>
  );
}

interface TimeProps {
  at: string;
  format: Format;
}

/** Apart, since it alone changes with the time: a table of hundreds would draw each row's tooltip anew every second. */
function Ago({ at, format, place }: TimeProps & { place: RefObject<HTMLTimeElement | null> }) {
  const date = new Date(at);
  const second = useNow(1000, place);
  const young = second - date.getTime() < 60_000;
  return format.ago(date, young ? second : Math.floor(second / 30_000) * 30_000);
}

/** Apart too: it is worded when somebody looks. */
function Exact({ at, format }: TimeProps) {
  return format.exact(new Date(at));
}
