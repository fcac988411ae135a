import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { readSearch as readAudit } from '../features/audit/search';
import { readSearch as readDashboard } from '../features/dashboard/search';
import { readKeysSearch } from '../features/keys/search';
import { readSearch } from '../features/requests/search';
import { readPins } from '../features/try/pins';
import { FrameFailed, NotFound, RouteFailed } from './Failures';
import { Frame } from './Frame';
import { type Session, safeNext } from './session';

interface Context {
  session: Session;
}

const root = createRootRouteWithContext<Context>()({});

const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: (raw: Record<string, unknown>): { next?: string } =>
    typeof raw.next === 'string' ? { next: safeNext(raw.next) } : {},
  component: lazyRouteComponent(() => import('./routes/SignInRoute'), 'SignInRoute'),
});

/** Everything else is behind the sign-in and inside the frame. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  async beforeLoad({ context, location }) {
    if (!(await context.session.check())) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
  component: Frame,
  errorComponent: FrameFailed,
});

const dashboard = createRoute({
  getParentRoute: () => frame,
  path: '/',
  validateSearch: readDashboard,
  component: lazyRouteComponent(() => import('./routes/DashboardRoute'), 'DashboardRoute'),
});

const groups = createRoute({
  getParentRoute: () => frame,
  path: 'groups',
  validateSearch: (raw: Record<string, unknown>): { q?: string } => (raw.q ? { q: String(raw.q) } : {}),
  component: lazyRouteComponent(() => import('./routes/GroupsRoute'), 'GroupsRoute'),
});

/** Head and tabs; each tab is a route of its own. */
const group = createRoute({
  getParentRoute: () => frame,
  path: 'groups/$name',
  component: lazyRouteComponent(() => import('./routes/group/GroupRoute'), 'GroupRoute'),
});

const groupOverview = createRoute({
  getParentRoute: () => group,
  path: '/',
  component: lazyRouteComponent(() => import('./routes/group/OverviewRoute'), 'OverviewRoute'),
});

const groupKeys = createRoute({
  getParentRoute: () => group,
  path: 'keys',
  validateSearch: readKeysSearch,
  component: lazyRouteComponent(() => import('./routes/group/KeysRoute'), 'KeysRoute'),
});

const groupKey = createRoute({
  getParentRoute: () => groupKeys,
  path: '$keyId',
  component: lazyRouteComponent(() => import('./routes/group/KeyRoute'), 'KeyRoute'),
});

const groupImport = createRoute({
  getParentRoute: () => group,
  path: 'keys/import',
  component: lazyRouteComponent(() => import('./routes/group/ImportRoute'), 'ImportRoute'),
});

const groupUpstreams = createRoute({
  getParentRoute: () => group,
  path: 'upstreams',
  component: lazyRouteComponent(() => import('./routes/group/UpstreamsRoute'), 'UpstreamsRoute'),
});

const groupMembers = createRoute({
  getParentRoute: () => group,
  path: 'members',
  component: lazyRouteComponent(() => import('./routes/group/MembersRoute'), 'MembersRoute'),
});

const groupShaping = createRoute({
  getParentRoute: () => group,
  path: 'shaping',
  component: lazyRouteComponent(() => import('./routes/group/ShapingRoute'), 'ShapingRoute'),
});

const groupSettings = createRoute({
  getParentRoute: () => group,
  path: 'settings',
  component: lazyRouteComponent(() => import('./routes/group/SettingsRoute'), 'SettingsRoute'),
});

const groupTry = createRoute({
  getParentRoute: () => group,
  path: 'try',
  validateSearch: readPins,
  component: lazyRouteComponent(() => import('./routes/group/TryRoute'), 'TryRoute'),
});

const groupHistory = createRoute({
  getParentRoute: () => group,
  path: 'history',
  component: lazyRouteComponent(() => import('./routes/group/HistoryRoute'), 'HistoryRoute'),
});

const newGroup = createRoute({
  getParentRoute: () => frame,
  path: 'new-group',
  validateSearch: (raw: Record<string, unknown>): { kind?: 'aggregate' } =>
    raw.kind === 'aggregate' ? { kind: 'aggregate' } : {},
  component: lazyRouteComponent(() => import('./routes/NewGroupRoute'), 'NewGroupRoute'),
});

const requests = createRoute({
  getParentRoute: () => frame,
  path: 'requests',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./routes/RequestsRoute'), 'RequestsRoute'),
});

const request = createRoute({
  getParentRoute: () => requests,
  path: '$requestId',
  component: lazyRouteComponent(() => import('./routes/RequestRoute'), 'RequestRoute'),
});

const settings = createRoute({
  getParentRoute: () => frame,
  path: 'settings',
  validateSearch: (raw: Record<string, unknown>): { q?: string; changed?: 1 } => ({
    ...(raw.q ? { q: String(raw.q) } : {}),
    ...(raw.changed ? { changed: 1 } : {}),
  }),
  component: lazyRouteComponent(() => import('./routes/SettingsRoute'), 'SettingsRoute'),
});

const proxyKeys = createRoute({
  getParentRoute: () => frame,
  path: 'proxy-keys',
  component: lazyRouteComponent(() => import('./routes/ProxyKeysRoute'), 'ProxyKeysRoute'),
});

const tasks = createRoute({
  getParentRoute: () => frame,
  path: 'tasks',
  component: lazyRouteComponent(() => import('./routes/TasksRoute'), 'TasksRoute'),
});

const task = createRoute({
  getParentRoute: () => frame,
  path: 'tasks/$taskId',
  component: lazyRouteComponent(() => import('./routes/TaskRoute'), 'TaskRoute'),
});

const nodes = createRoute({
  getParentRoute: () => frame,
  path: 'nodes',
  component: lazyRouteComponent(() => import('./routes/NodesRoute'), 'NodesRoute'),
});

const audit = createRoute({
  getParentRoute: () => frame,
  path: 'audit',
  validateSearch: readAudit,
  component: lazyRouteComponent(() => import('./routes/AuditRoute'), 'AuditRoute'),
});

const elsewhere = createRoute({ getParentRoute: () => frame, path: '$', component: NotFound });

const tree = root.addChildren([
  signIn,
  frame.addChildren([
    dashboard,
    groups,
    newGroup,
    group.addChildren([
      groupOverview,
      groupKeys.addChildren([groupKey]),
      groupImport,
      groupUpstreams,
      groupMembers,
      groupShaping,
      groupSettings,
      groupTry,
      groupHistory,
    ]),
    requests.addChildren([request]),
    proxyKeys,
    tasks,
    task,
    settings,
    nodes,
    audit,
    elsewhere,
  ]),
]);

export function createAppRouter(session: Session, history?: RouterHistory) {
  const router = createRouter({
    routeTree: tree,
    history,
    context: { session },
    defaultPreload: 'intent',
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: RouteFailed,
    scrollRestoration: true,
  });
  // What the first page is made of comes while the server is asked who is there; what does not come is asked for again then.
  const routes: Record<string, AnyRoute> = router.routesById;
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    const route = routes[routeId];
    if (route) void router.loadRouteChunk(route);
  }
  return router;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
