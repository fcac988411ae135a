import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws/client';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isSignedIn } from '../../lib/session';
import { ExampleList } from './ExampleList';
import { examples } from './examples';
import { createMemoryStorage } from './memoryStorage';
import classes from './PlaygroundPage.module.css';

type Door = 'opening' | 'open' | 'closed' | 'unreachable';

/** GraphiQL over the session, for whoever is signed in. */
export function PlaygroundPage() {
  const { t } = useTranslation();
  const [door, setDoor] = useState<Door>('opening');
  useEffect(() => {
    isSignedIn().then(
      (yes) => setDoor(yes ? 'open' : 'closed'),
      () => setDoor('unreachable'),
    );
  }, []);

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>{t('nav.playground')}</h1>
        <a href="/">{t('playground.back')}</a>
      </header>
      <main className={classes.main} data-open={door === 'open'}>
        {door === 'open' && <Editor />}
        {door === 'closed' && (
          <p className={classes.message}>
            {t('playground.closed')} <a href="/sign-in?next=/playground">{t('signIn.title')}</a>
          </p>
        )}
        {door === 'unreachable' && <p className={classes.message}>{t('error.network')}</p>}
      </main>
    </div>
  );
}

function Editor() {
  const [fetcher] = useState(() =>
    createGraphiQLFetcher({
      url: '/graphql',
      wsClient: createClient({ url: `${location.origin.replace(/^http/, 'ws')}/graphql` }),
    }),
  );
  const [storage] = useState(createMemoryStorage);
  const [example, setExample] = useState(examples[0]);
  const dark = document.documentElement.dataset.mantineColorScheme === 'dark';
  return (
    <>
      <ExampleList current={example} onOpen={setExample} />
      <div className={classes.editor}>
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          shouldPersistHeaders={false}
          isHeadersEditorEnabled={false}
          showPersistHeadersSettings={false}
          forcedTheme={dark ? 'dark' : 'light'}
          query={example?.query}
          variables={example?.variables}
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </div>
    </>
  );
}
