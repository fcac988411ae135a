import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useSettingWords } from '../../lib/settings';
import classes from './OverviewTab.module.css';

const groupFragment = graphql(`
  fragment EffectiveSettings_group on Group {
    values {
      name
      value
      origin
    }
  }
`);

const definitionFragment = graphql(`
  fragment EffectiveSettings_definition on SettingDefinition {
    name
    category
    type
    label
    description
    unit
  }
`);

interface EffectiveSettingsProps {
  group: FragmentType<typeof groupFragment>;
  definitions: readonly FragmentType<typeof definitionFragment>[];
}

/** Each setting in force, with where it comes from. */
export function EffectiveSettings({ group, definitions }: EffectiveSettingsProps) {
  const { t } = useTranslation();
  const { words, shown } = useSettingWords();
  const { values } = readFragment(groupFragment, group);
  return (
    <Panel title={t('effective.title')}>
      <table className={classes.settings}>
        <thead className="hidden-text">
          <tr>
            <th scope="col">{t('effective.setting')}</th>
            <th scope="col">{t('effective.value')}</th>
            <th scope="col">{t('effective.origin')}</th>
          </tr>
        </thead>
        <tbody>
          {readFragment(definitionFragment, definitions).map((d) => {
            const value = values.find((v) => v.name === d.name);
            if (!value) return null;
            return (
              <tr key={d.name} data-own={value.origin === 'GROUP' || undefined}>
                <th scope="row">{words(d).label}</th>
                <td>{shown(d, value.value)}</td>
                <td>{t(value.origin === 'GROUP' ? 'effective.ofGroup' : `origin.${value.origin}`)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
