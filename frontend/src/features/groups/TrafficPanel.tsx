import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import { type FragmentType, graphql, readFragment } from '../../generated';
import type { TrafficWindow } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import classes from './OverviewTab.module.css';
import { TrafficBars } from './TrafficBars';

const groupFragment = graphql(`
  fragment TrafficPanel_group on Group {
    name
    traffic(window: $window) {
      requests
      failures
      errorRate
      inputTokens
      outputTokens
    }
    spark(window: $window) {
      time
      successes
      clientFaults
      failures
    }
  }
`);

const windows: TrafficWindow[] = ['HOUR', 'DAY', 'WEEK', 'MONTH'];

interface TrafficPanelProps {
  group: FragmentType<typeof groupFragment>;
  window: TrafficWindow;
  onWindow: (window: TrafficWindow) => void;
}

/** What came by in a window that ends now. */
export function TrafficPanel({ group, window, onWindow }: TrafficPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, traffic, spark } = readFragment(groupFragment, group);
  const figures = {
    requests: format.number(traffic.requests),
    errors: traffic.requests > 0 ? format.percent(traffic.errorRate) : '–',
    inputTokens: format.compact(traffic.inputTokens),
    outputTokens: format.compact(traffic.outputTokens),
  };
  return (
    <Panel
      title={t('traffic.title')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('traffic.window')}
          value={window}
          onChange={(value) => onWindow(value as TrafficWindow)}
          data={windows.map((value) => ({ value, label: t(`traffic.windows.${value}`) }))}
        />
      }
    >
      <dl className={classes.figures}>
        {(['requests', 'errors', 'inputTokens', 'outputTokens'] as const).map((name) => (
          <div key={name}>
            <dt>{t(`traffic.${name}`)}</dt>
            <dd>{figures[name]}</dd>
          </div>
        ))}
      </dl>
      <TrafficBars points={spark} />
      <p className={classes.axis}>
        <span>{spark[0] && format.exact(new Date(spark[0].time))}</span>
        <Link to="/requests" search={{ group: name }}>
          {t('traffic.requestsOfGroup')}
        </Link>
      </p>
    </Panel>
  );
}
