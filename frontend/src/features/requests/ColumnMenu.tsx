import { Button, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Column, columns } from './columns';

interface ColumnMenuProps {
  shown: readonly Column[];
  onChoose: (shown: readonly Column[]) => void;
}

/** Which columns are there; on a phone a row has two lines of its own. */
export function ColumnMenu({ shown, onChoose }: ColumnMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu closeOnItemClick={false} position="bottom-end" hideDetached={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />} visibleFrom="sm">
          {t('requests.columns')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.CheckboxGroup value={[...shown]} onChange={(wanted) => onChoose(columns.filter((c) => wanted.includes(c)))}>
          {columns.map((column) => (
            <Menu.CheckboxItem key={column} value={column}>
              {t(`requests.column.${column}`)}
            </Menu.CheckboxItem>
          ))}
        </Menu.CheckboxGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
