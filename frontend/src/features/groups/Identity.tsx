import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import { type GroupSettings, keyCarriers } from './groupSettings';
import classes from './SettingsTab.module.css';

interface IdentityProps {
  value: GroupSettings;
  /** An aggregate has no keys to test or to carry. */
  aggregate: boolean;
  faults: Record<string, string>;
  onChange: (part: Partial<GroupSettings>) => void;
}

/** The fields that say what a group is. */
export function Identity({ value, aggregate, faults, onChange }: IdentityProps) {
  const { t } = useTranslation();
  return (
    <Panel title={t('identity.title')}>
      <div className={classes.identity}>
        <TextInput
          label={t('identity.name')}
          description={t('identity.nameNote')}
          value={value.name}
          error={faults.name}
          onChange={(e) => onChange({ name: e.currentTarget.value })}
          spellCheck={false}
        />
        <TextInput
          label={t('identity.displayName')}
          description={t('identity.displayNameNote')}
          value={value.displayName}
          error={faults.displayName}
          onChange={(e) => onChange({ displayName: e.currentTarget.value })}
        />
        <Textarea
          className={classes.whole}
          label={t('identity.description')}
          rows={2}
          value={value.description}
          error={faults.description}
          onChange={(e) => onChange({ description: e.currentTarget.value })}
        />
        {!aggregate && (
          <>
            <TextInput
              label={t('identity.testModel')}
              description={t('identity.testModelNote')}
              value={value.testModel}
              error={faults.testModel}
              onChange={(e) => onChange({ testModel: e.currentTarget.value })}
              spellCheck={false}
            />
            <TextInput
              label={t('identity.validationPath')}
              description={t('identity.validationPathNote')}
              value={value.validationPath}
              error={faults.validationPath}
              onChange={(e) => onChange({ validationPath: e.currentTarget.value })}
              spellCheck={false}
            />
            <NativeSelect
              label={t('identity.keyCarrier')}
              description={t('identity.keyCarrierNote')}
              value={value.keyCarrier}
              error={faults.keyCarrier}
              onChange={(e) => onChange({ keyCarrier: keyCarriers.find((c) => c === e.currentTarget.value) })}
              data={keyCarriers.map((carrier) => ({ value: carrier, label: t(`identity.carrier.${carrier}`) }))}
            />
          </>
        )}
      </div>
    </Panel>
  );
}
