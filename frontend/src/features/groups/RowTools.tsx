import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import classes from './Rows.module.css';

/** Takes its row away. */
export function RemoveRow({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon className={classes.remove} variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  );
}

/** Adds a row below the others. */
export function AddRow({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="default" leftSection={<IconPlus size={16} />} onClick={onClick}>
      {label}
    </Button>
  );
}
