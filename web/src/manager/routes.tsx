import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { Session } from '../session/session.ts';
import { AppFrame } from './app-frame.tsx';
import { BrokenScreen, LoadingScreen, MissingScreen } from './screens.tsx';
import { SignInPage } from './sign-in/sign-in-page.tsx';

interface Context {
  readonly session: Session;
}

const root = createRootRouteWithContext<Context>()({
  beforeLoad: async ({ context: { session } }) => {
    if (session.read().status === 'starting') await session.start();
  },
  notFoundComponent: MissingScreen,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  beforeLoad: ({ context: { session } }) => {
    if (session.read().status === 'signed-in') redirect({ to: '/', replace: true, throw: true });
  },
  component: SignInPage,
});

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: ({ context: { session } }) => {
    if (session.read().status !== 'signed-in') redirect({ to: '/sign-in', replace: true, throw: true });
  },
  component: AppFrame,
});

const sandbox = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./sandbox/sandbox-page.tsx'), 'SandboxPage'),
});

export function createAppRouter(session: Session) {
  return createRouter({
    routeTree: root.addChildren([signIn, app.addChildren([sandbox])]),
    context: { session },
    defaultPendingComponent: LoadingScreen,
    defaultPendingMs: 200,
    defaultErrorComponent: BrokenScreen,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
