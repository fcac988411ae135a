import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../lib/clipboard';

interface CopyButtonProps {
  value: string;
  /** What is copied, for the button's name: "Copy endpoint". */
  label: string;
}

export function CopyButton({ value, label }: CopyButtonProps) {
  const { t } = useTranslation();
  const [done, copy] = useCopy();
  return (
    <Tooltip label={done ? t('copy.done') : label}>
      <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={() => copy(value)}>
        {done ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Copies, and says so for two seconds. */
export function useCopy(): [done: boolean, copy: (value: string) => void] {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = window.setTimeout(() => setDone(false), 2000);
    return () => window.clearTimeout(timer);
  }, [done]);
  return [done, (value) => void copyText(value).then(setDone)];
}
