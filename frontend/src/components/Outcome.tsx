import { useTranslation } from 'react-i18next';
import type { Outcome } from '../generated/graphql';
import { Lamp, type LampState } from './Lamp';

/** Which lamp an ending lights. What a client did itself lights none of the loud ones. */
const lamps: Record<Outcome, LampState> = {
  OK: 'living',
  RATE_LIMITED: 'cooling',
  KEY_ERROR: 'invalid',
  UPSTREAM_ERROR: 'failing',
  UPSTREAM_TRUNCATED: 'failing',
  STREAM_ERROR: 'failing',
  TIMEOUT: 'failing',
  NO_KEY: 'failing',
  OVERLOAD: 'failing',
  REFUSED: 'disabled',
  BAD_REQUEST: 'disabled',
  UNAUTHORIZED: 'disabled',
  NOT_FOUND: 'disabled',
  CLIENT_ABORT: 'disabled',
  SHUTDOWN: 'disabled',
};

interface OutcomeLampProps {
  outcome: Outcome;
  statusCode: number;
}

/** How an attempt ended: lamp, status, and the word when it is not simply OK. */
export function OutcomeLamp({ outcome, statusCode }: OutcomeLampProps) {
  const { t } = useTranslation();
  const code = statusCode > 0 ? String(statusCode) : '';
  return <Lamp state={lamps[outcome]}>{outcome === 'OK' ? code : `${code} ${t(`outcome.${outcome}`)}`.trim()}</Lamp>;
}
