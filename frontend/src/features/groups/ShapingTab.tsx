import { useTranslation } from 'react-i18next';
import { useClient, useQuery } from 'urql';
import { Loaded } from '../../components/Loaded';
import { graphql } from '../../generated';
import type { ShapingTabQuery } from '../../generated/graphql';
import type { Lines } from './changes';
import { EditBar } from './EditBar';
import { HeaderRules } from './HeaderRules';
import { OverridesPanel } from './OverridesPanel';
import { rowsOf } from './overrides';
import { Redirects } from './Redirects';
import classes from './Rows.module.css';
import { type Shaping, shapingFields, shapingInput, shapingOf } from './shaping';
import { useGroupEdit } from './useGroupEdit';

const shapingTab = graphql(`
  query ShapingTab($id: ID!) {
    group(id: $id) {
      id
      version
      kind
      modelRedirects {
        from
        to
      }
      modelRedirectStrict
      paramOverridesText
      headerRules {
        action
        name
        value
        secret
      }
      recentModels
    }
  }
`);

type Group = NonNullable<ShapingTabQuery['group']>;

export function ShapingTab({ group }: { group: { id: string } }) {
  const query = useQuery({ query: shapingTab, variables: { id: group.id } });
  return (
    <Loaded query={query} height={480}>
      {(data) => data.group && <ShapingForm group={data.group} />}
    </Loaded>
  );
}

function ShapingForm({ group }: { group: Group }) {
  const { t } = useTranslation();
  const client = useClient();
  const aggregate = group.kind === 'AGGREGATE';
  const edit = useGroupEdit<Shaping>({
    id: group.id,
    version: group.version,
    value: shapingOf(group),
    lines,
    input: (shaping) => shapingInput(shaping, aggregate),
    fields: shapingFields,
    async reload() {
      const { data } = await client.query(shapingTab, { id: group.id }, { requestPolicy: 'network-only' }).toPromise();
      return data?.group ? { version: data.group.version, value: shapingOf(data.group) } : undefined;
    },
  });

  function lines(s: Shaping): Lines {
    const rows = typeof s.overrides === 'string' ? rowsOf(s.overrides) : s.overrides;
    return Object.fromEntries([
      ['strict', { label: t('shaping.strict'), text: t(s.strict ? 'settings.on' : 'settings.off') }],
      ...s.redirects.map((r) => [`redirect ${r.from}`, { label: r.from || t('shaping.redirect'), text: r.to }]),
      ...(rows
        ? rows.map((o) => [`override ${o.name}`, { label: o.name || t('shaping.override'), text: o.raw }])
        : [['overrides', { label: t('shaping.overrides'), text: String(s.overrides) }]]),
      ...s.headers.map((h) => [
        `header ${h.name.toLowerCase()}`,
        { label: h.name || t('shaping.header'), text: h.action === 'REMOVE' ? t('shaping.removed') : h.kept ? '••••' : h.value },
      ]),
    ]);
  }

  const { value, change, faults } = edit;
  return (
    <div className={classes.stack}>
      <Redirects
        redirects={value.redirects}
        strict={value.strict}
        models={group.recentModels}
        faults={faults}
        onChange={(part) => change({ ...value, ...part })}
      />
      {!aggregate && (
        <>
          <OverridesPanel
            overrides={value.overrides}
            fault={faults.paramOverridesText}
            onChange={(overrides) => change({ ...value, overrides })}
          />
          <HeaderRules rules={value.headers} faults={faults} onChange={(headers) => change({ ...value, headers })} />
        </>
      )}
      <EditBar bar={edit.bar} />
    </div>
  );
}
