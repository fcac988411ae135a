import { useTranslation } from 'react-i18next';
import { useClient, useQuery } from 'urql';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { graphql } from '../../generated';
import type { MembersTabQuery } from '../../generated/graphql';
import { EditBar } from './EditBar';
import { MemberRows } from './MemberRows';
import type { Member } from './members';
import classes from './Rows.module.css';
import { SharePreview } from './SharePreview';
import { useGroupEdit } from './useGroupEdit';

const membersTab = graphql(`
  query MembersTab($id: ID!) {
    group(id: $id) {
      id
      version
      dialect
      subGroups {
        weight
        priority
        group {
          id
          name
        }
      }
    }
    groups {
      id
      ...MemberRows_group
    }
  }
`);

type Group = NonNullable<MembersTabQuery['group']>;

function membersOf(group: Group): Member[] {
  return group.subGroups.map((m) => ({ id: m.group.id, name: m.group.name, weight: m.weight, priority: m.priority }));
}

export function MembersTab({ group }: { group: { id: string } }) {
  const query = useQuery({ query: membersTab, variables: { id: group.id } });
  return (
    <Loaded query={query} height={320}>
      {(data) => data.group && <Members group={data.group} groups={data.groups} />}
    </Loaded>
  );
}

function Members({ group, groups }: { group: Group; groups: MembersTabQuery['groups'] }) {
  const { t } = useTranslation();
  const client = useClient();
  const edit = useGroupEdit<Member[]>({
    id: group.id,
    version: group.version,
    value: membersOf(group),
    lines: (members) =>
      Object.fromEntries(
        members.map((m) => [m.id, { label: m.name, text: t('members.line', { weight: m.weight, priority: m.priority }) }]),
      ),
    input: (members) => ({ subGroups: members.map(({ id, weight, priority }) => ({ groupId: id, weight, priority })) }),
    fields: (members) =>
      members.flatMap((_, i) => [`subGroups.${i}.groupId`, `subGroups.${i}.weight`, `subGroups.${i}.priority`]),
    async reload() {
      const { data } = await client.query(membersTab, { id: group.id }, { requestPolicy: 'network-only' }).toPromise();
      return data?.group ? { version: data.group.version, value: membersOf(data.group) } : undefined;
    },
  });
  return (
    <div className={classes.stack}>
      <Panel title={t('members.shares')}>
        <SharePreview members={edit.value} />
      </Panel>
      <Panel title={t('group.tab.members')}>
        <MemberRows members={edit.value} dialect={group.dialect} groups={groups} faults={edit.faults} onChange={edit.change} />
      </Panel>
      <EditBar bar={edit.bar} />
    </div>
  );
}
