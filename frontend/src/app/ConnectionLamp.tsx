import { createContext, useContext, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Lamp, type LampState } from '../components/Lamp';
import { type Connection, type ConnectionState, createConnection } from '../lib/connection';

export const ConnectionContext = createContext<Connection>(createConnection());

const lamps: Record<ConnectionState, LampState> = { idle: 'disabled', connecting: 'disabled', live: 'living', lost: 'cooling' };

/** What the socket is doing. It comes back by itself, so it says so quietly and asks for nothing. */
export function ConnectionLamp() {
  const { t } = useTranslation();
  const connection = useContext(ConnectionContext);
  const state = useSyncExternalStore(connection.subscribe, connection.get);
  return (
    <span role="status" data-connection={state}>
      <Lamp state={lamps[state]}>{t(`connection.${state}`)}</Lamp>
    </span>
  );
}
