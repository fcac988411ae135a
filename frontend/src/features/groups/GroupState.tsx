import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { type FragmentType, graphql, readFragment } from '../../generated';

const groupFragment = graphql(`
  fragment GroupState_group on Group {
    kind
    enabled
    keyCounts {
      active
    }
    subGroups {
      weight
    }
    traffic {
      requests
      errorRate
    }
  }
`);

/** From how many requests on a share of failures says something. */
const telling = 10;

/** In a word, whether a group answers. */
export function GroupState({ group }: { group: FragmentType<typeof groupFragment> }) {
  const { t } = useTranslation();
  const g = readFragment(groupFragment, group);
  if (!g.enabled) return <Lamp state="disabled">{t('groups.disabled')}</Lamp>;
  if (g.kind === 'STANDARD' && g.keyCounts.active === 0) return <Lamp state="failing">{t('groups.noActive')}</Lamp>;
  if (g.kind === 'AGGREGATE' && g.subGroups.length === 0) return <Lamp state="failing">{t('groups.noMembers')}</Lamp>;
  if (g.traffic.requests >= telling && g.traffic.errorRate >= 0.5) {
    return <Lamp state="failing">{t('groups.mostFail')}</Lamp>;
  }
  return <Lamp state="living">{t('group.on')}</Lamp>;
}
