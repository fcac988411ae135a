/** What an import of a file or a paste would do. */
export interface Preview {
  lines: number;
  fresh: number;
  repeated: number;
  alreadyThere: number;
  unusable: number;
  sample: string[];
  problems: { line: number | null; reason: string; message: string }[];
}

export interface Upload<T> {
  /** Rejects with an UploadError, or never when it was cancelled. */
  answer: Promise<T>;
  cancel: () => void;
}

/** What the server said against an upload; status 0 when it did not answer. */
export class UploadError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Says what importing it would do; nothing is stored. */
export function previewUpload(groupId: string, body: Blob, onProgress: (share: number) => void): Upload<Preview> {
  return send<Preview>(`/import/keys?groupId=${groupId}&preview=true`, body, onProgress);
}

/** Starts a task that imports it; fileName is what the task shows. */
export function startUpload(
  groupId: string,
  body: Blob,
  fileName: string,
  onProgress: (share: number) => void,
): Upload<{ taskId: string }> {
  const name = fileName ? `&fileName=${encodeURIComponent(fileName)}` : '';
  return send<{ taskId: string }>(`/import/keys?groupId=${groupId}${name}`, body, onProgress);
}

/** By XMLHttpRequest, since fetch does not tell how much of a body has left. */
function send<T>(url: string, body: Blob, onProgress: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest();
  const answer = new Promise<T>((found, failed) => {
    request.open('POST', url);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0);
    request.onerror = () => failed(new UploadError(0, ''));
    request.onload = () => {
      if (request.status < 300) found(JSON.parse(request.responseText));
      else failed(new UploadError(request.status, messageOf(request.responseText)));
    };
    request.send(body);
  });
  return { answer, cancel: () => request.abort() };
}

/** The server words its refusals as GraphQL does. */
function messageOf(text: string): string {
  try {
    const body: { errors?: { message: string }[] } = JSON.parse(text);
    return body.errors?.[0]?.message ?? text;
  } catch {
    return text;
  }
}
