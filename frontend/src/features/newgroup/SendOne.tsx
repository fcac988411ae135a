import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fault } from '../../components/States';
import type { Dialect } from '../../generated/graphql';
import { samplePrompt } from '../../lib/snippets';
import { requestFor, sendTrial } from '../../lib/trial';

export interface Receiver {
  id: string;
  name: string;
  dialect: Dialect;
  testModel: string;
}

/** Sends the group's first request for whoever has no client at hand. How it ended is told by its record, not here. */
export function SendOne({ group }: { group: Receiver }) {
  const { t } = useTranslation();
  const [state, setState] = useState<'idle' | 'sending' | 'lost'>('idle');

  async function send() {
    setState('sending');
    const request = requestFor(group.dialect, { model: group.testModel, prompt: samplePrompt, stream: false });
    try {
      await (await sendTrial(group.name, group.dialect, request)).arrayBuffer();
      setState('idle');
    } catch {
      setState('lost');
    }
  }

  return (
    <>
      <Button variant="default" loading={state === 'sending'} onClick={() => void send()}>
        {t('newGroup.sendOne')}
      </Button>
      {state === 'lost' && <Fault>{t('newGroup.sendLost')}</Fault>}
    </>
  );
}
