import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { Snippet } from '../../components/Snippet';
import { graphql } from '../../generated';
import type { OverviewTabQuery, TrafficWindow } from '../../generated/graphql';
import { EffectiveSettings } from './EffectiveSettings';
import classes from './OverviewTab.module.css';
import { Relatives } from './Relatives';
import { TrafficPanel } from './TrafficPanel';

const overviewTab = graphql(`
  query OverviewTab($id: ID!, $window: TrafficWindow!) {
    group(id: $id) {
      id
      name
      dialect
      kind
      endpoint
      testModel
      description
      recentModels
      subGroups {
        group {
          id
          testModel
        }
      }
      ...TrafficPanel_group
      ...EffectiveSettings_group
      ...Relatives_group
    }
    settingDefinitions {
      ...EffectiveSettings_definition
    }
  }
`);

/** How to use a group, what came of it, and what it goes by. */
export function OverviewTab({ group }: { group: { id: string } }) {
  const [window, setWindow] = useState<TrafficWindow>('DAY');
  const query = useQuery({ query: overviewTab, variables: { id: group.id, window } });
  return (
    <Loaded query={query} height={480}>
      {(data) => <Overview data={data} window={window} onWindow={setWindow} />}
    </Loaded>
  );
}

interface OverviewProps {
  data: OverviewTabQuery;
  window: TrafficWindow;
  onWindow: (window: TrafficWindow) => void;
}

function Overview({ data, window, onWindow }: OverviewProps) {
  const { t } = useTranslation();
  const g = data.group;
  if (!g) return null;
  return (
    <>
      {g.description && <p className={classes.description}>{g.description}</p>}
      <div className={classes.columns}>
        <div className={classes.column}>
          <Panel title={t('group.snippet')}>
            <Snippet
              groupId={g.id}
              groupName={g.name}
              dialect={g.dialect}
              endpoint={g.endpoint}
              model={g.testModel || g.recentModels[0] || g.subGroups[0]?.group.testModel || 'MODEL'}
            />
          </Panel>
          <TrafficPanel group={g} window={window} onWindow={onWindow} />
        </div>
        <div className={classes.column}>
          <Relatives group={g} />
          <EffectiveSettings group={g} definitions={data.settingDefinitions} />
        </div>
      </div>
    </>
  );
}
