import { TextInput } from '@mantine/core';
import { type ClipboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { graphql } from '../../generated';
import { sentence } from '../../lib/faults';
import { unkept } from '../../lib/unkept';
import { isFingerprint } from './search';

const fingerprintOf = graphql(`
  query KeyFieldFingerprint($value: String!) {
    keyFingerprint(value: $value)
  }
`);

interface KeyFieldProps {
  /** A fingerprint; undefined filters nothing. */
  value: string | undefined;
  onChange: (fingerprint: string | undefined) => void;
}

/** Takes a key or its fingerprint. A key becomes its fingerprint before it is shown, kept or put into an address. */
export function KeyField({ value, onChange }: KeyFieldProps) {
  const { t } = useTranslation();
  const client = useClient();
  const [typed, setTyped] = useState(value ?? '');
  const [known, setKnown] = useState(value);
  const [fault, setFault] = useState<string>();
  if (value !== known) {
    setKnown(value);
    setTyped(value ?? '');
  }

  async function settle(text: string) {
    const wanted = text.trim();
    setFault(undefined);
    if (wanted === (value ?? '')) return;
    if (wanted === '' || isFingerprint(wanted)) return onChange(wanted || undefined);
    setTyped('');
    const { data, error } = await client.query(fingerprintOf, { value: wanted }, unkept).toPromise();
    if (error) setFault(sentence(t, error));
    if (data) onChange(data.keyFingerprint);
  }

  function paste(e: ClipboardEvent<HTMLInputElement>) {
    e.preventDefault();
    void settle(e.clipboardData.getData('text'));
  }

  return (
    <TextInput
      label={t('requests.key')}
      placeholder={t('requests.keyPlaceholder')}
      value={typed}
      error={fault}
      spellCheck={false}
      autoComplete="off"
      onChange={(e) => setTyped(e.currentTarget.value)}
      onPaste={paste}
      onBlur={() => void settle(typed)}
      onKeyDown={(e) => e.key === 'Enter' && !e.nativeEvent.isComposing && void settle(typed)}
    />
  );
}
