import { useTranslation } from 'react-i18next';
import { type Example, examples } from './examples';
import classes from './PlaygroundPage.module.css';

const kinds = ['query', 'mutation', 'subscription'] as const;

interface ExampleListProps {
  current?: Example;
  onOpen: (example: Example) => void;
}

/** Operations to begin with: a list at the left, and on a phone one field above. */
export function ExampleList({ current, onOpen }: ExampleListProps) {
  const { t } = useTranslation();
  const open = (name: string) => {
    const example = examples.find((e) => e.name === name);
    if (example) onOpen(example);
  };
  const groups = kinds.map((kind) => ({ kind, list: examples.filter((e) => e.kind === kind) }));
  return (
    <>
      <nav className={classes.list} aria-label={t('playground.examples')}>
        {groups.map(({ kind, list }) => (
          <section key={kind}>
            <h2>{t(`playground.kind.${kind}`)}</h2>
            <ul>
              {list.map(({ name }) => (
                <li key={name}>
                  <button type="button" aria-current={name === current?.name} onClick={() => open(name)}>
                    {name}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <select
        className={classes.select}
        aria-label={t('playground.examples')}
        value={current?.name}
        onChange={(e) => open(e.currentTarget.value)}
      >
        {groups.map(({ kind, list }) => (
          <optgroup key={kind} label={t(`playground.kind.${kind}`)}>
            {list.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </optgroup>
        ))}
      </select>
    </>
  );
}
