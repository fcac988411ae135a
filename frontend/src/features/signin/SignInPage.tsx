import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '../../components/Mark';
import { SignInForm } from './SignInForm';
import classes from './SignInPage.module.css';

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('signIn.title')} · Roundhouse`;
  }, [t]);
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.name}>
          <Mark size={28} />
          <h1>Roundhouse</h1>
        </div>
        <SignInForm onSignedIn={onSignedIn} />
      </div>
    </main>
  );
}
