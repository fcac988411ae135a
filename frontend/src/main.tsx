import './app/mantine.css';
import './app/tokens.css';
import './app/base.css';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApp } from './app/App';
import { startI18n } from './lib/i18n';

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
// Dialogs keep the page behind them from scrolling by a style element that Mantine does not make itself.
setNonce(nonce);

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');

// Made first: it has asked for its first page when a language has to come too.
const app = createApp({ nonce });
await startI18n();
createRoot(place).render(<StrictMode>{app}</StrictMode>);
