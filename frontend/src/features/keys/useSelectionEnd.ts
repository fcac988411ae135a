import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import type { KeyFilter } from '../../generated/graphql';
import { sentence } from '../../lib/faults';
import { unkept } from '../../lib/unkept';
import { keySelection } from './keyDocuments';

/** Finds the newest key that a filter meets now: what comes in after it is not part of what is being selected. */
export function useSelectionEnd(groupId: string, filter: KeyFilter | undefined) {
  const { t } = useTranslation();
  const client = useClient();
  const [fault, setFault] = useState<string>();
  async function find(): Promise<string | null | undefined> {
    const keys = { groupId, ...(filter ? { filter } : { all: true }) };
    const { data, error } = await client.query(keySelection, { keys }, unkept);
    setFault(error && sentence(t, error));
    return data?.keySelection.upTo;
  }
  return { find, fault };
}
