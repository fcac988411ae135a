import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Column, figures } from './columns';
import classes from './RequestTable.module.css';

interface RequestTableProps {
  label: string;
  shown: readonly Column[];
  children: ReactNode;
  /** The pointer rests on the rows, or left them. */
  onRest?: (resting: boolean) => void;
}

/** The head that both gears share; rows are the caller's. */
export function RequestTable({ label, shown, children, onRest }: RequestTableProps) {
  const { t } = useTranslation();
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t('requests.time')}</th>
          <th scope="col">{t('requests.result')}</th>
          {shown.map((column) => (
            <th key={column} scope="col" className={figures.includes(column) ? classes.right : undefined} data-column={column}>
              {t(`requests.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody
        onPointerEnter={onRest && ((e) => e.pointerType === 'mouse' && onRest(true))}
        onPointerLeave={onRest && ((e) => e.pointerType === 'mouse' && onRest(false))}
      >
        {children}
      </tbody>
    </table>
  );
}
