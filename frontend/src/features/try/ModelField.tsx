import { TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { graphql } from '../../generated';

const known = graphql(`
  query TryModels($groupId: ID!) {
    group(id: $groupId) {
      id
      testModel
      recentModels
    }
  }
`);

const listed = graphql(`
  query TryListedModels($groupId: ID!) {
    models(groupId: $groupId)
  }
`);

/** The models a group is known for: what clients asked for, busiest first, and what a validation asks. */
export function useKnownModels(groupId: string): string[] {
  const [{ data }] = useQuery({ query: known, variables: { groupId } });
  const group = data?.group;
  return group ? [...new Set([...group.recentModels, group.testModel])].filter((model) => model !== '') : [];
}

interface ModelFieldProps {
  groupId: string;
  models: readonly string[];
  value: string;
  onChange: (model: string) => void;
}

/** Any model; offered are those that are known and, once the field is entered, those that the upstream lists. */
export function ModelField({ groupId, models, value, onChange }: ModelFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const [entered, setEntered] = useState(false);
  const [{ data }] = useQuery({ query: listed, variables: { groupId }, pause: !entered });
  return (
    <>
      <TextInput
        label={t('try.model')}
        list={id}
        value={value}
        onFocus={() => setEntered(true)}
        onChange={(e) => onChange(e.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id={id}>
        {[...new Set([...models, ...(data?.models ?? [])])].map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
    </>
  );
}
