/** How a sign-in ended. `wait` is seconds until the server listens again. */
export type SignIn = { kind: 'ok' } | { kind: 'refused' } | { kind: 'locked'; wait: number } | { kind: 'unreachable' };

export async function signIn(authKey: string): Promise<SignIn> {
  try {
    const res = await fetch('/session', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ authKey }),
    });
    if (res.ok) return { kind: 'ok' };
    if (res.status === 429) return { kind: 'locked', wait: retryAfter(res.headers.get('Retry-After')) };
    return { kind: res.status < 500 ? 'refused' : 'unreachable' };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Retry-After is seconds or a date (RFC 9110 §10.2.3); a minute when it is neither. */
function retryAfter(value: string | null): number {
  const seconds = Number(value ?? '');
  if (value && Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const at = Date.parse(value ?? '');
  return Number.isNaN(at) ? 60 : Math.max(1, Math.ceil((at - Date.now()) / 1000));
}

export async function isSignedIn(): Promise<boolean> {
  const res = await fetch('/session', { credentials: 'same-origin' });
  if (!res.ok) throw new Error(`GET /session answered ${res.status}`);
  const body: { signedIn: boolean } = await res.json();
  return body.signedIn;
}

export async function signOut(): Promise<void> {
  await fetch('/session', { method: 'DELETE', credentials: 'same-origin' });
}
