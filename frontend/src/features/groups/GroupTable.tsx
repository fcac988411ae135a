import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fault } from '../../components/States';
import type { FragmentType } from '../../generated';
import { sentence } from '../../lib/faults';
import { GroupRow, type groupRow } from './GroupRow';
import classes from './GroupsPage.module.css';
import { OrderHandle } from './OrderHandle';
import { useOrder } from './useOrder';

type Row = { id: string; name: string } & FragmentType<typeof groupRow>;

interface GroupTableProps {
  groups: readonly Row[];
  /** Only some of the groups are shown, so their order cannot be changed. */
  filtered: boolean;
  reload: () => Promise<unknown>;
}

export function GroupTable({ groups, filtered, reload }: GroupTableProps) {
  const { t } = useTranslation();
  const { order, move, error } = useOrder(
    groups.map((g) => g.id),
    reload,
  );
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<{ id: string; side: 'above' | 'below' }>();
  const [said, setSaid] = useState('');
  const byId = new Map(groups.map((g) => [g.id, g]));

  function moveTo(group: Row, to: number) {
    const place = Math.max(0, Math.min(order.length - 1, to));
    setSaid(t('groups.moved', { name: group.name, place: place + 1, of: order.length }));
    void move(group.id, place);
  }

  function hover(event: DragEvent<HTMLTableRowElement>, id: string) {
    if (!dragged) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    setOver({ id, side: event.clientY < box.top + box.height / 2 ? 'above' : 'below' });
  }

  function drop() {
    const group = dragged && byId.get(dragged);
    if (group && over && over.id !== dragged) {
      const rest = order.filter((id) => id !== dragged);
      moveTo(group, rest.indexOf(over.id) + (over.side === 'below' ? 1 : 0));
    }
    letGo();
  }

  function letGo() {
    setDragged(undefined);
    setOver(undefined);
  }

  return (
    <>
      {error && <Fault>{sentence(t, error)}</Fault>}
      <p className="hidden-text" role="status">
        {said}
      </p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden-text">{t('groups.order')}</span>
            </th>
            <th scope="col">{t('groups.group')}</th>
            <th scope="col">{t('groups.state')}</th>
            <th scope="col">{t('keys.title')}</th>
            <th scope="col">{t('groups.day')}</th>
            <th scope="col" className={classes.right}>
              {t('groups.requests')}
            </th>
            <th scope="col" className={classes.right}>
              {t('groups.errors')}
            </th>
            <th scope="col" className={classes.right}>
              {t('groups.p95')}
            </th>
            <th scope="col">
              <span className="hidden-text">{t('groups.endpoint')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {order.map((id, at) => {
            const group = byId.get(id);
            if (!group) return null;
            return (
              <GroupRow
                key={id}
                group={group}
                drop={over?.id === id && dragged !== id ? over.side : undefined}
                onDragOver={(event) => hover(event, id)}
                onDrop={drop}
                handle={
                  !filtered && (
                    <OrderHandle
                      name={group.name}
                      at={at}
                      of={order.length}
                      onMove={(to) => moveTo(group, to)}
                      onDragStart={() => setDragged(id)}
                      onDragEnd={letGo}
                    />
                  )
                }
              />
            );
          })}
        </tbody>
      </table>
    </>
  );
}
