import type { KeyCarrier, SettingsTabQuery, SettingType, UpdateGroupInput } from '../../generated/graphql';
import { settingInput } from '../../lib/settings';

export const identityFields = ['name', 'displayName', 'description', 'testModel', 'validationPath', 'keyCarrier'] as const;

export const keyCarriers: readonly KeyCarrier[] = ['DIALECT', 'BEARER', 'API_KEY', 'X_API_KEY', 'X_GOOG_API_KEY', 'QUERY'];

/** What a group is called, how its keys are tried and carried, and the settings that it overrides; while it is edited. */
export interface GroupSettings {
  name: string;
  displayName: string;
  description: string;
  testModel: string;
  validationPath: string;
  keyCarrier: KeyCarrier;
  /** As text, by name; a name that is not there inherits. */
  overrides: Readonly<Record<string, string>>;
}

export function settingsOf(group: NonNullable<SettingsTabQuery['group']>): GroupSettings {
  const { name, displayName, description, testModel, validationPath, keyCarrier, values } = group;
  const own = values.filter((v) => v.origin === 'GROUP').map((v) => [v.name, v.value]);
  return { name, displayName, description, testModel, validationPath, keyCarrier, overrides: Object.fromEntries(own) };
}

/** Only what is not as before: a masked password that was not touched stays what it is. */
export function settingsInput(
  definitions: readonly { name: string; type: SettingType }[],
  now: GroupSettings,
  before: GroupSettings,
): UpdateGroupInput {
  const identity = identityFields.filter((field) => now[field] !== before[field]).map((field) => [field, now[field]]);
  const overrides = definitions
    .filter((d) => now.overrides[d.name] !== before.overrides[d.name])
    .map((d) => [d.name, settingInput(d.type, now.overrides[d.name] ?? null)]);
  return { ...Object.fromEntries(identity), overrides: Object.fromEntries(overrides) };
}
