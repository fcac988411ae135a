import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowBarToDown, IconArrowBarToUp, IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './GroupsPage.module.css';

interface OrderHandleProps {
  name: string;
  /** Its place, from 0, and how many there are. */
  at: number;
  of: number;
  onMove: (to: number) => void;
  onDragStart: () => void;
  onDragEnd: () => void;
}

/** Moves its row: dragged by a mouse, by the arrow keys, or from its menu where there is neither. */
export function OrderHandle({ name, at, of, onMove, onDragStart, onDragEnd }: OrderHandleProps) {
  const { t } = useTranslation();
  function press(event: KeyboardEvent) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(at + by);
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <ActionIcon
          className={classes.handle}
          variant="subtle"
          color="gray"
          size={28}
          aria-label={t('groups.move', { name })}
          draggable
          onDragStart={onDragStart}
          onDragEnd={onDragEnd}
          onKeyDown={press}
        >
          <IconGripVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowBarToUp size={16} />} disabled={at === 0} onClick={() => onMove(0)}>
          {t('groups.toTop')}
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowUp size={16} />} disabled={at === 0} onClick={() => onMove(at - 1)}>
          {t('groups.up')}
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowDown size={16} />} disabled={at === of - 1} onClick={() => onMove(at + 1)}>
          {t('groups.down')}
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowBarToDown size={16} />} disabled={at === of - 1} onClick={() => onMove(of - 1)}>
          {t('groups.toBottom')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
