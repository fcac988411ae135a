import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Fault } from '../../components/States';
import { type SignIn, signIn } from '../../lib/session';
import { useNow } from '../../lib/useNow';
import classes from './SignInPage.module.css';

/** One field, where its key is to be found, and how long to wait after too many wrong ones. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation();
  const [authKey, setAuthKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<SignIn>();
  const [until, setUntil] = useState(0);
  const now = useNow(1000);
  const wait = Math.max(0, Math.ceil((until - now) / 1000));

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const result = await signIn(authKey.trim());
    setBusy(false);
    setAnswer(result);
    if (result.kind === 'locked') setUntil(Date.now() + result.wait * 1000);
    if (result.kind === 'ok') onSignedIn();
  }

  const refused = answer?.kind === 'refused' ? t('signIn.refused') : undefined;
  return (
    <form className={classes.form} onSubmit={submit}>
      <PasswordInput
        label={t('signIn.key')}
        value={authKey}
        onChange={(e) => setAuthKey(e.currentTarget.value)}
        error={refused}
        autoComplete="current-password"
        data-autofocus
        autoFocus
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
      />
      {answer?.kind === 'locked' && wait > 0 && <Fault>{t('signIn.locked', { count: wait })}</Fault>}
      {answer?.kind === 'unreachable' && <Fault>{t('error.network')}</Fault>}
      <Button type="submit" loading={busy} disabled={wait > 0 || authKey.trim() === ''} fullWidth>
        {t('signIn.submit')}
      </Button>
      <p className={classes.where}>
        <Trans i18nKey="signIn.where" components={{ c: <code /> }} />
      </p>
    </form>
  );
}
