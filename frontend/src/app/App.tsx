import { MantineProvider } from '@mantine/core';
import { type RouterHistory, RouterProvider } from '@tanstack/react-router';
import { Provider } from 'urql';
import { type Connection, createConnection } from '../lib/connection';
import { type Carrier, createGraphQL, createSocket } from '../lib/graphql';
import { createRefused } from '../lib/refused';
import { ConnectionContext } from './ConnectionLamp';
import { createAppRouter } from './router';
import { SessionSheet } from './SessionSheet';
import { createSession } from './session';
import { cssVariables, theme } from './theme';

export interface AppOptions {
  /** What the server lets inline styles carry; see embed.go. Empty where no policy is in force. */
  nonce: string;
  /** The browser's own, unless a test brings scripts. */
  fetch?: typeof fetch;
  socket?: Carrier;
  history?: RouterHistory;
}

/** Joins the parts and gives the whole as one element, so that a test mounts exactly what the browser does. */
export function createApp({ nonce, fetch, socket, history }: AppOptions) {
  const connection: Connection = createConnection();
  const session = createSession();
  const router = createAppRouter(session, history);
  const refused = createRefused(session.ended);
  const client = createGraphQL({ socket: socket ?? createSocket(connection, session.ended), refused, fetch });

  function resume() {
    session.began();
    refused.askAgain(client);
  }

  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <ConnectionContext value={connection}>
        <Provider value={client}>
          <RouterProvider router={router} />
          <SessionSheet session={session} onSignedIn={resume} />
        </Provider>
      </ConnectionContext>
    </MantineProvider>
  );
}
