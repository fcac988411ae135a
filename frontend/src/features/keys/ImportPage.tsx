import { Button, Skeleton, Textarea } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { type DragEvent, type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { Panel } from '../../components/Panel';
import { Fault } from '../../components/States';
import { TaskLine } from '../../components/TaskLine';
import { graphql } from '../../generated';
import { useFormat } from '../../lib/format';
import classes from './ImportPage.module.css';
import { ImportPreview } from './ImportPreview';
import { type Source, useImport } from './useImport';

const importTask = graphql(`
  query ImportTask($id: ID!) {
    task(id: $id) {
      ...TaskLine_task
    }
  }
`);

interface ImportPageProps {
  group: { id: string; name: string };
  onBack: () => void;
}

/** Paste, drop or choose; see what will happen; import; watch it happen. */
export function ImportPage({ group, onBack }: ImportPageProps) {
  const { t } = useTranslation();
  const [source, setSource] = useState<Source>({ text: '' });
  const work = useImport(group.id, source);
  const [over, setOver] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await work.start()) setSource({ text: '' });
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) setSource({ file });
  }

  return (
    <div className={classes.page}>
      <Panel title={t('import.into', { name: group.name })}>
        <form className={classes.form} onSubmit={submit}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: whoever cannot drag chooses the file by the button */}
          <div
            className={classes.drop}
            data-over={over || undefined}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          >
            {'file' in source ? (
              <ChosenFile file={source.file} onRemove={() => setSource({ text: '' })} />
            ) : (
              <Textarea
                aria-label={t('import.label')}
                placeholder={t('import.placeholder')}
                rows={8}
                value={source.text}
                onChange={(e) => setSource({ text: e.currentTarget.value })}
                autoComplete="off"
                spellCheck={false}
                classNames={{ input: classes.paste }}
              />
            )}
          </div>
          <ImportPreview state={work.preview} />
          {work.fault && <Fault>{work.fault}</Fault>}
          {work.sent !== undefined && <Sending share={work.sent} onCancel={work.cancel} />}
          <div className={classes.buttons}>
            <FileButton onFile={(file) => setSource({ file })} />
            <Button variant="subtle" className={classes.back} onClick={onBack}>
              {t('import.back')}
            </Button>
            <Button type="submit" loading={work.sent !== undefined} disabled={!work.ready}>
              {t('import.submit')}
            </Button>
          </div>
        </form>
      </Panel>
      {work.taskId && <StartedTask key={work.taskId} id={work.taskId} />}
    </div>
  );
}

function ChosenFile({ file, onRemove }: { file: File; onRemove: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.file}>
      <IconFileText size={20} aria-hidden="true" />
      <span className={classes.fileName}>{file.name}</span>
      <span className={classes.size}>{format.bytes(file.size)}</span>
      <Button variant="subtle" size="xs" onClick={onRemove}>
        {t('import.otherFile')}
      </Button>
    </div>
  );
}

function FileButton({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <span className={classes.choose}>
      <input
        id={id}
        type="file"
        className="hidden-text"
        accept=".txt,.csv,.json,text/plain,text/csv,application/json"
        onChange={(e) => {
          const file = e.currentTarget.files?.[0];
          if (file) onFile(file);
          e.currentTarget.value = '';
        }}
      />
      <label htmlFor={id}>{t('import.choose')}</label>
      <span className={classes.orDrop}>{t('import.orDrop')}</span>
    </span>
  );
}

function Sending({ share, onCancel }: { share: number; onCancel: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.sending} role="status">
      <progress value={share} max={1} aria-label={t('import.sending')} />
      <span>{format.percent(Math.floor(share * 100) / 100)}</span>
      <Button size="compact-sm" variant="default" onClick={onCancel}>
        {t('cancel')}
      </Button>
    </div>
  );
}

function StartedTask({ id }: { id: string }) {
  const [{ data }] = useQuery({ query: importTask, variables: { id }, requestPolicy: 'network-only' });
  return <Panel>{data?.task ? <TaskLine task={data.task} /> : <Skeleton height={24} />}</Panel>;
}
