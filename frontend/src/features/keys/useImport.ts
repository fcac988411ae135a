import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Preview, previewUpload, startUpload, type Upload, UploadError } from './upload';

/** What is to be imported: typed or pasted, or a file. */
export type Source = { text: string } | { file: File };

/** What an import would do; null while there is nothing to look at. */
export type PreviewState = { kind: 'looking'; share: number } | { kind: 'seen'; preview: Preview } | null;

/** How long typing must rest before it is looked at, in milliseconds. */
const rest = 300;

/** Looks at what is to be imported as it changes, and imports it. */
export function useImport(groupId: string, source: Source) {
  const { t } = useTranslation();
  const { state: preview, failure: lookFailure } = usePreview(groupId, source);
  const [sent, setSent] = useState<number>();
  const [failure, setFailure] = useState<UploadError>();
  const [taskId, setTaskId] = useState<string>();
  const upload = useRef<Upload<unknown>>(undefined);
  useEffect(() => () => upload.current?.cancel(), []);

  async function start(): Promise<boolean> {
    setFailure(undefined);
    setTaskId(undefined);
    setSent(0);
    const starting = startUpload(groupId, bodyOf(source), 'file' in source ? source.file.name : '', setSent);
    upload.current = starting;
    try {
      setTaskId((await starting.answer).taskId);
      return true;
    } catch (error) {
      setFailure(asUploadError(error));
      return false;
    } finally {
      setSent(undefined);
    }
  }
  function cancel() {
    upload.current?.cancel();
    setSent(undefined);
  }

  const refused = failure ?? lookFailure;
  const ready = sent === undefined && preview?.kind === 'seen' && preview.preview.fresh > 0;
  return {
    preview,
    ready,
    sent,
    start,
    cancel,
    taskId,
    fault: refused && (refused.status === 0 ? t('error.network') : refused.message),
  };
}

function usePreview(groupId: string, source: Source) {
  const [state, setState] = useState<PreviewState>(null);
  const [failure, setFailure] = useState<UploadError>();
  useEffect(() => {
    setFailure(undefined);
    if ('text' in source && source.text.trim() === '') {
      setState(null);
      return;
    }
    setState({ kind: 'looking', share: 0 });
    let looking: Upload<Preview> | undefined;
    const timer = window.setTimeout(
      () => {
        looking = previewUpload(groupId, bodyOf(source), (share) => setState({ kind: 'looking', share }));
        looking.answer.then(
          (preview) => setState({ kind: 'seen', preview }),
          (error) => {
            setState(null);
            setFailure(asUploadError(error));
          },
        );
      },
      'text' in source ? rest : 0,
    );
    return () => {
      window.clearTimeout(timer);
      looking?.cancel();
    };
  }, [groupId, source]);
  return { state, failure };
}

function bodyOf(source: Source): Blob {
  return 'file' in source ? source.file : new Blob([source.text]);
}

function asUploadError(error: unknown): UploadError {
  return error instanceof UploadError ? error : new UploadError(0, String(error));
}
