import { Button, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../components/Chart';
import { Failed } from '../../components/States';
import { useFormat } from '../../lib/format';
import { readersZone } from '../../lib/zone';
import { LensTabs } from './LensTabs';
import { addsUp, rest, type Strand, splitStrands, wholeStrands } from './lenses';
import { StrandList } from './StrandList';
import { betweenOf, type DashboardSearch, oneOfPresets, presets, rangeBetween, splits } from './search';
import classes from './TrafficPanel.module.css';
import { type Traffic, useTraffic } from './useTraffic';

interface TrafficPanelProps {
  search: DashboardSearch;
  groupId: string | undefined;
  /** False while a group's name is not yet known by its id. */
  ready: boolean;
  onSearch: (change: Partial<DashboardSearch>, how: 'push' | 'replace') => void;
}

/** The shape of traffic: four lenses over one window, told apart by whatever one asks. */
export function TrafficPanel({ search, groupId, ready, onSearch }: TrafficPanelProps) {
  const { t } = useTranslation();
  const { traffic, error, retry } = useTraffic(search, groupId, ready);
  return (
    <section className={classes.panel} aria-label={t('dashboard.traffic')}>
      <Bar search={search} traffic={traffic} onSearch={onSearch} />
      {!traffic && error && <Failed error={error} onRetry={retry} />}
      {!traffic && !error && <Skeleton height={356} />}
      {traffic && <Picture traffic={traffic} search={search} onSearch={onSearch} />}
    </section>
  );
}

function Bar({ search, traffic, onSearch }: Pick<TrafficPanelProps, 'search' | 'onSearch'> & { traffic: Traffic | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const range = search.range ?? 'day';
  const ends = betweenOf(range);
  const from = traffic?.window.from;
  const to = traffic?.window.moving ? undefined : traffic?.window.to;
  return (
    <div className={classes.bar}>
      <SegmentedControl
        aria-label={t('dashboard.range')}
        value={oneOfPresets(range) ?? ''}
        onChange={(value) => onSearch({ range: oneOfPresets(value) }, 'push')}
        data={presets.map((value) => ({ value, label: t(`dashboard.ranges.${value}`) }))}
      />
      <NativeSelect
        aria-label={t('dashboard.by')}
        value={search.by ?? ''}
        disabled={search.model !== undefined}
        onChange={(e) => onSearch({ by: splits.find((s) => s === e.currentTarget.value) }, 'replace')}
        data={[
          { value: '', label: t('dashboard.splits.none') },
          ...splits.map((value) => ({ value, label: t(`dashboard.splits.${value}`) })),
        ]}
      />
      {ends && (
        <Chip
          label={format.stretch(new Date(ends[0]), new Date(ends[1]))}
          onRemove={() => onSearch({ range: undefined }, 'push')}
        />
      )}
      {search.group && <Chip label={search.group} onRemove={() => onSearch({ group: undefined }, 'push')} />}
      {search.model && <Chip label={search.model} onRemove={() => onSearch({ model: undefined }, 'push')} />}
      {from !== undefined && (
        <Link
          className={classes.behind}
          to="/requests"
          search={{
            from: new Date(from).toISOString(),
            to: to === undefined ? undefined : new Date(to).toISOString(),
            group: search.group,
            model: search.model,
            result: search.lens === 'errors' ? 'failed' : undefined,
          }}
        >
          {t('dashboard.behind')}
        </Link>
      )}
    </div>
  );
}

/** A filter that holds, and how to be rid of it. */
function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <Button
      variant="light"
      rightSection={<IconX size={14} aria-hidden="true" />}
      onClick={onRemove}
      aria-label={t('dashboard.remove', { name: label })}
    >
      {label}
    </Button>
  );
}

function Picture({ traffic, search, onSearch }: { traffic: Traffic } & Pick<TrafficPanelProps, 'search' | 'onSearch'>) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [at, setAt] = useState<number | null>(null);
  const lens = search.lens ?? 'requests';
  const { window, series, split } = traffic;
  const points = series[0]?.points ?? [];
  const edges = [...points.map((p) => Date.parse(p.time) / 1000), window.to / 1000];
  const zone = readersZone();

  const strands: Strand[] = split
    ? splitStrands(lens, series).map((s) => (s.name === rest ? { ...s, name: t('dashboard.rest') } : s))
    : wholeStrands(lens, points).map((s) => ({ ...s, name: t(`dashboard.strand.${s.name}`) }));
  const say = lens === 'latency' ? format.duration : format.number;
  const bucketed = at !== null && at < points.length ? at : null;
  const sayTime = (i: number) => format.stretch(new Date((edges[i] ?? 0) * 1000), new Date((edges[i + 1] ?? 0) * 1000));

  return (
    <>
      <LensTabs lens={lens} series={series} onLens={(value) => onSearch({ lens: value }, 'replace')} />
      <div className={classes.picture}>
        <Chart
          label={`${t('dashboard.traffic')}: ${t(`dashboard.lenses.${lens}`)}`}
          edges={edges}
          series={strands}
          stacked={addsUp(lens)}
          zone={zone.wholeHours ? zone.name : 'UTC'}
          say={lens === 'latency' ? say : new Intl.NumberFormat(i18n.language, { notation: 'compact' }).format}
          sayTime={sayTime}
          onBucket={setAt}
          onZoom={(from, to) => onSearch({ range: rangeBetween(from * 1000, to * 1000) }, 'push')}
        />
        <StrandList
          title={bucketed === null ? t(addsUp(lens) ? 'dashboard.inAll' : 'dashboard.highest') : sayTime(bucketed)}
          strands={strands}
          at={bucketed}
          adds={addsUp(lens)}
          say={say}
        />
      </div>
    </>
  );
}
