import { Button, SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import type { Dialect, GroupKind } from '../../generated/graphql';
import { requestFor, type TryRequest } from '../../lib/trial';
import { ModelField, useKnownModels } from './ModelField';
import { PinFields } from './PinFields';
import type { Pins } from './pins';
import classes from './TryPage.module.css';

interface ComposePaneProps {
  group: { id: string; name: string; kind: GroupKind; dialect: Dialect };
  pins: Pins;
  onPins: (pins: Pins) => void;
  busy: boolean;
  onSend: (request: TryRequest) => void;
  onCancel: () => void;
}

/** A prompt for a model, or the request itself to be written by hand. */
export function ComposePane({ group, pins, onPins, busy, onSend, onCancel }: ComposePaneProps) {
  const { t } = useTranslation();
  const models = useKnownModels(group.id);
  const [chosen, setChosen] = useState<string>();
  const model = chosen ?? models[0] ?? '';
  const [prompt, setPrompt] = useState(() => t('try.hello'));
  const [stream, setStream] = useState(true);
  const [byHand, setByHand] = useState<TryRequest>();
  const request = byHand ?? requestFor(group.dialect, { model: model.trim(), prompt, stream });
  const fault = byHand && faultOf(byHand.body);
  const ready = byHand ? !fault && byHand.path.trim() !== '' : model.trim() !== '' && prompt.trim() !== '';

  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready && !busy) onSend(request);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (ready && !busy) onSend(request);
  }

  return (
    <Panel
      title={t('try.title')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('try.mode')}
          value={byHand ? 'hand' : 'prompt'}
          onChange={(mode) => setByHand(mode === 'hand' ? request : undefined)}
          data={[
            { value: 'prompt', label: t('try.prompt') },
            { value: 'hand', label: t('try.byHand') },
          ]}
        />
      }
    >
      <form className={classes.form} onSubmit={submit} onKeyDown={onKeyDown}>
        {byHand ? (
          <ByHand request={byHand} fault={fault} onChange={setByHand} />
        ) : (
          <>
            <div className={classes.line}>
              <ModelField groupId={group.id} models={models} value={model} onChange={setChosen} />
              <Switch
                className={classes.stream}
                label={t('try.stream')}
                checked={stream}
                onChange={(e) => setStream(e.currentTarget.checked)}
              />
            </div>
            <Textarea label={t('try.prompt')} rows={4} value={prompt} onChange={(e) => setPrompt(e.currentTarget.value)} />
          </>
        )}
        <PinFields group={group} pins={pins} onPins={onPins} />
        <div className={classes.buttons}>
          <span className={classes.hint}>{t('try.recorded')}</span>
          {busy && (
            <Button variant="default" onClick={onCancel}>
              {t('cancel')}
            </Button>
          )}
          <Button type="submit" loading={busy} disabled={!ready}>
            {t('try.send')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

interface ByHandProps {
  request: TryRequest;
  fault: string | undefined;
  onChange: (request: TryRequest) => void;
}

function ByHand({ request, fault, onChange }: ByHandProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('try.path')}
        value={request.path}
        onChange={(e) => onChange({ ...request, path: e.currentTarget.value })}
        classNames={{ input: classes.mono }}
        spellCheck={false}
      />
      <Textarea
        label={t('try.body')}
        rows={12}
        value={request.body}
        onChange={(e) => onChange({ ...request, body: e.currentTarget.value })}
        error={fault && t('try.notJSON', { message: fault })}
        classNames={{ input: classes.mono }}
        spellCheck={false}
      />
    </>
  );
}

/** What keeps a text from being JSON; undefined when nothing does. */
function faultOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
