import { getRouteApi, useRouter } from '@tanstack/react-router';
import { SignInPage } from '../../features/signin/SignInPage';
import { safeNext } from '../session';

const route = getRouteApi('/sign-in');

export function SignInRoute() {
  const { next } = route.useSearch();
  const router = useRouter();
  const { session } = route.useRouteContext();

  function enter() {
    session.began();
    const to = safeNext(next);
    // The playground is a document of its own.
    if (to.startsWith('/playground')) window.location.assign(to);
    else router.history.push(to);
  }

  return <SignInPage onSignedIn={enter} />;
}
