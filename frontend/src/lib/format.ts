import { useTranslation } from 'react-i18next';

/** Figures and times in the reader's language. */
export interface Format {
  /** Every digit, grouped. */
  number(value: number): string;
  /** 12K, 1.2万: for cards alone. */
  compact(value: number): string;
  /** One decimal below a hundred, none above. */
  rate(value: number): string;
  /** A share from 0 to 1. */
  percent(share: number): string;
  /** 840 ms, 12.4 s, 3 min 20 s. */
  duration(ms: number): string;
  bytes(count: number): string;
  /** Before now: "12 seconds ago". */
  ago(at: Date, now: number): string;
  /** Date, time to the second, and zone. */
  exact(at: Date): string;
  /** The same for a column of a table: without the year when it is this one. */
  stamp(at: Date, now: number): string;
  /** Time of day to the second. */
  clock(at: Date): string;
  /** From one time to another, what they share said once. */
  stretch(from: Date, to: Date): string;
  /** By how much a figure has changed: +12%, -3%; from ten times on as a multiple, ×12. */
  change(before: number, now: number): string;
}

export function createFormat(locale: string): Format {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
  const moment = {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  } as const;
  const stamp = new Intl.DateTimeFormat(locale, moment);
  const dated = new Intl.DateTimeFormat(locale, { ...moment, year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const between = new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const grown = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' });
  return {
    number: (value) => whole.format(value),
    compact: (value) => short.format(value),
    rate: (value) => (value < 100 ? tenth : whole).format(value),
    percent: (value) => share.format(value),
    duration: (ms) => duration(ms, whole, tenth),
    bytes: (count) => bytes(count, tenth),
    ago: (at, now) => ago(relative, (at.getTime() - now) / 1000),
    exact: (at) => full.format(at),
    stamp: (at, now) => (at.getFullYear() === new Date(now).getFullYear() ? stamp : dated).format(at),
    clock: (at) => time.format(at),
    stretch: (from, to) => between.formatRange(from, to),
    change: (before, now) => (now >= 10 * before ? `×${short.format(now / before)}` : grown.format((now - before) / before)),
  };
}

function duration(ms: number, whole: Intl.NumberFormat, tenth: Intl.NumberFormat): string {
  if (ms < 1000) return `${whole.format(ms)} ms`;
  if (ms < 60_000) return `${tenth.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${whole.format(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

function bytes(count: number, tenth: Intl.NumberFormat): string {
  if (count < 1024) return `${count} B`;
  const kib = count / 1024;
  return kib < 1024 ? `${tenth.format(kib)} KiB` : `${tenth.format(kib / 1024)} MiB`;
}

function ago(relative: Intl.RelativeTimeFormat, seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(Math.min(Math.round(seconds), -0), 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

const formats = new Map<string, Format>();

/** The reader's format; one per language, since Intl's are dear to make. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  let format = formats.get(i18n.language);
  if (!format) {
    format = createFormat(i18n.language);
    formats.set(i18n.language, format);
  }
  return format;
}
