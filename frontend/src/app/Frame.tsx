import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Frame.module.css';
import { BottomBar, Sidebar } from './Navigation';
import { useRunningTasks } from './useRunningTasks';
import { useShortcuts } from './useShortcuts';

// Neither is needed before somebody asks for it.
const Palette = lazy(() => import('./palette/Palette').then((m) => ({ default: m.Palette })));
const ShortcutsHelp = lazy(() => import('./ShortcutsHelp').then((m) => ({ default: m.ShortcutsHelp })));

type Layer = 'palette' | 'help';

/** What stands around every page. */
export function Frame() {
  const { t } = useTranslation();
  const tasks = useRunningTasks();
  const [layer, setLayer] = useState<Layer>();
  // What was opened once stays mounted, so that it can leave as it came.
  const [met, setMet] = useState<readonly Layer[]>([]);

  function open(next: Layer) {
    setMet((before) => [...new Set([...before, next])]);
    setLayer(next);
  }
  useShortcuts({ onPalette: () => open('palette'), onHelp: () => open('help') });

  return (
    <div className={classes.frame}>
      <a href="#page" className={classes.skip}>
        {t('nav.skip')}
      </a>
      {tasks.count > 0 && (
        <div className={classes.progress} aria-hidden="true">
          <span data-mark="" style={{ width: `${100 * tasks.share}%` }} />
        </div>
      )}
      <Sidebar tasks={tasks.count} onFind={() => open('palette')} onHelp={() => open('help')} />
      <main id="page" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <BottomBar tasks={tasks.count} onFind={() => open('palette')} onHelp={() => open('help')} />
      <Suspense>
        {met.includes('palette') && (
          <Palette opened={layer === 'palette'} onClose={() => setLayer(undefined)} onHelp={() => open('help')} />
        )}
        {met.includes('help') && <ShortcutsHelp opened={layer === 'help'} onClose={() => setLayer(undefined)} />}
      </Suspense>
    </div>
  );
}
