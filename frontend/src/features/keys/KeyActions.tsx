import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { Fault } from '../../components/States';
import { TaskLine, type TaskLineTask } from '../../components/TaskLine';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { sentence } from '../../lib/faults';
import { BulkDialog } from './BulkDialog';
import { bulkDocuments } from './bulkDocuments';
import classes from './KeyDrawer.module.css';

const actionsFragment = graphql(`
  fragment KeyActions_key on Key {
    id
    status
    coolingUntil
    coolingModels {
      model
    }
    group {
      id
      name
    }
  }
`);

interface KeyActionsProps {
  of: FragmentType<typeof actionsFragment>;
  onChanged: () => void;
  onDeleted: () => void;
}

/** What an administrator may say of one key. */
export function KeyActions({ of, onChanged, onDeleted }: KeyActionsProps) {
  const { t } = useTranslation();
  const key = readFragment(actionsFragment, of);
  const [deleting, setDeleting] = useState(false);
  const [task, setTask] = useState<{ task: TaskLineTask; onEnd: () => void }>();
  const keys = { groupId: key.group.id, ids: [key.id] };
  const cools = key.coolingUntil !== null || key.coolingModels.length > 0;
  const onStarted = (task: TaskLineTask) => setTask({ task, onEnd: onChanged });

  return (
    <>
      <div className={classes.acts}>
        {key.status === 'DISABLED' ? (
          <Act action="enable" keys={keys} onStarted={onStarted} />
        ) : (
          <Act action="disable" keys={keys} onStarted={onStarted} />
        )}
        {(key.status === 'INVALID' || cools) && <Act action="restore" keys={keys} onStarted={onStarted} />}
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => (
            <Link to="/groups/$name/try" params={{ name: key.group.name }} search={{ key: key.id }} {...props} />
          )}
        >
          {t('key.try')}
        </Button>
        <Button size="xs" variant="subtle" color="red" onClick={() => setDeleting(true)}>
          {t('bulk.delete.verb')}
        </Button>
      </div>
      {task && <TaskLine task={task.task} onEnd={task.onEnd} onDismiss={() => setTask(undefined)} />}
      {deleting && (
        <BulkDialog
          action="delete"
          groupName={key.group.name}
          keys={keys}
          onClose={() => setDeleting(false)}
          onStarted={(task) => {
            setDeleting(false);
            setTask({ task, onEnd: onDeleted });
          }}
        />
      )}
    </>
  );
}

interface ActProps {
  action: 'enable' | 'disable' | 'restore';
  keys: { groupId: string; ids: string[] };
  onStarted: (task: TaskLineTask) => void;
}

function Act({ action, keys, onStarted }: ActProps) {
  const { t } = useTranslation();
  const [{ error, fetching }, run] = useMutation(bulkDocuments[action]);
  async function act() {
    const answer = await run({ keys });
    if (answer.data) onStarted(answer.data.task);
  }
  return (
    <>
      <Button size="xs" variant="default" loading={fetching} onClick={act}>
        {t(`bulk.${action}.verb`)}
      </Button>
      {error && <Fault>{sentence(t, error)}</Fault>}
    </>
  );
}
