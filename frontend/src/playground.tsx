import 'graphiql/style.css';
import './features/playground/graphiql.css';
import './app/tokens.css';
import './app/base.css';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PlaygroundPage } from './features/playground/PlaygroundPage';
import { startI18n } from './lib/i18n';

setNonce(document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '');

const place = document.getElementById('root');
if (!place) throw new Error('playground.html has no #root');

await startI18n();
createRoot(place).render(
  <StrictMode>
    <PlaygroundPage />
  </StrictMode>,
);
