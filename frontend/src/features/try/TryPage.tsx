import { useState } from 'react';
import type { Dialect, GroupKind } from '../../generated/graphql';
import { AnswerPane } from './AnswerPane';
import { ComposePane } from './ComposePane';
import { FactsPane } from './FactsPane';
import type { Pins } from './pins';
import classes from './TryPage.module.css';
import { useTry } from './useTry';

interface TryPageProps {
  group: { id: string; name: string; kind: GroupKind; dialect: Dialect };
  pins: Pins;
  onPins: (pins: Pins) => void;
}

/** Sends one request through the group and shows what came of it: the answer at the left, the facts at the right. */
export function TryPage({ group, pins, onPins }: TryPageProps) {
  const { trial, send, cancel } = useTry(group.name, group.dialect);
  const [sent, setSent] = useState(0);
  const busy = trial.state === 'sending' || trial.state === 'answering';
  return (
    <div className={classes.page}>
      <div className={classes.column}>
        <ComposePane
          group={group}
          pins={pins}
          onPins={onPins}
          busy={busy}
          onSend={(request) => {
            setSent(sent + 1);
            void send(request, pins);
          }}
          onCancel={cancel}
        />
        {trial.state !== 'idle' && <AnswerPane trial={trial} />}
      </div>
      {trial.state !== 'idle' && <FactsPane key={sent} trial={trial} />}
    </div>
  );
}
