import { Button, SegmentedControl } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { graphql } from '../generated';
import type { Dialect } from '../generated/graphql';
import { sentence } from '../lib/faults';
import { installLine, languagesOf, placeholderKey, type SnippetLanguage, snippet } from '../lib/snippets';
import { useCopy } from './CopyButton';
import classes from './Snippet.module.css';
import { Fault } from './States';

const makeProxyKey = graphql(`
  mutation MakeProxyKey($groupId: ID!, $notes: String!) {
    createProxyKey(groupId: $groupId, notes: $notes) {
      proxyKey {
        id
      }
      value
    }
  }
`);

const labels: Record<SnippetLanguage, string> = {
  curl: 'curl',
  python: 'Python',
  node: 'Node',
  claude: 'Claude Code',
  codex: 'Codex',
};
const remembered = 'roundhouse.snippet';

function lastLanguage(languages: readonly SnippetLanguage[]): SnippetLanguage {
  return languages.find((l) => l === localStorage.getItem(remembered)) ?? 'curl';
}

interface SnippetProps {
  groupId: string;
  groupName: string;
  dialect: Dialect;
  endpoint: string;
  model: string;
}

/** A program that runs as copied, once it holds a proxy key: pasted, or made for it and kept in this page's memory alone. */
export function Snippet({ groupId, groupName, dialect, endpoint, model }: SnippetProps) {
  const { t } = useTranslation();
  const languages = languagesOf(dialect);
  const [language, setLanguage] = useState(() => lastLanguage(languages));
  const [proxyKey, setProxyKey] = useState('');
  const code = snippet({ dialect, language, endpoint, model, proxyKey: proxyKey.trim() || placeholderKey });
  const [copied, copy] = useCopy();
  const install = installLine(dialect, language);

  function choose(value: SnippetLanguage) {
    setLanguage(value);
    localStorage.setItem(remembered, value);
  }

  return (
    <div className={classes.snippet}>
      <KeyLine value={proxyKey} onChange={setProxyKey} groupId={groupId} groupName={groupName} />
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          data={languages.map((value) => ({ value, label: labels[value] }))}
          value={language}
          onChange={choose}
          aria-label={t('snippet.language')}
        />
        {install && <code className={classes.install}>{install}</code>}
        <Button
          className={classes.copy}
          size="xs"
          variant="default"
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={() => copy(code)}
        >
          {copied ? t('copy.done') : t('snippet.copy')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable; C copies while it has the focus */}
      <section className={classes.code} tabIndex={0} aria-label={t('snippet.code')} onKeyDown={(e) => isPlainC(e) && copy(code)}>
        <pre>{marked(code, proxyKey.trim())}</pre>
      </section>
    </div>
  );
}

function isPlainC(e: React.KeyboardEvent): boolean {
  return e.key === 'c' && !e.ctrlKey && !e.metaKey && !e.altKey;
}

/** The place of the key stands out while there is none. */
function marked(code: string, proxyKey: string): ReactNode {
  if (proxyKey) return code;
  const [before, ...after] = code.split(placeholderKey);
  return (
    <>
      {before}
      <mark className={classes.missing}>{placeholderKey}</mark>
      {after.join(placeholderKey)}
    </>
  );
}

interface KeyLineProps {
  value: string;
  onChange: (value: string) => void;
  groupId: string;
  groupName: string;
}

function KeyLine({ value, onChange, groupId, groupName }: KeyLineProps) {
  const { t } = useTranslation();
  const [made, make] = useMutation(makeProxyKey);
  async function makeOne() {
    const answer = await make({ groupId, notes: t('snippet.notes', { name: groupName }) });
    if (answer.data) onChange(answer.data.createProxyKey.value);
  }
  return (
    <>
      <div className={classes.keyline}>
        <input
          className={classes.key}
          aria-label={t('snippet.key')}
          placeholder={t('snippet.paste')}
          value={value}
          onChange={(e) => onChange(e.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button
          size="sm"
          variant={made.data ? 'default' : 'filled'}
          loading={made.fetching}
          onClick={makeOne}
          disabled={Boolean(made.data)}
        >
          {made.data ? t('snippet.made') : t('snippet.make')}
        </Button>
      </div>
      {made.data && <p className={classes.once}>{t('snippet.once')}</p>}
      {made.error && <Fault>{sentence(t, made.error)}</Fault>}
    </>
  );
}
