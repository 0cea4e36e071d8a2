import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './api/client.ts';
import { hubErrorOf } from './api/hub-error.ts';
import { HubContext } from './api/hub.tsx';
import { LanguageProvider } from './language/language.tsx';
import { createAppRouter } from './manager/routes.tsx';
import { createBrowserSession } from './session/browser-session.ts';
import { startTheme } from './theme/theme.tsx';
import { ToastProvider } from './ui/toast.tsx';
import './styles.css';

startTheme();
const session = createBrowserSession();
const hub = { session, client: createClient(session.fetch) };
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && !['access/', 'http/4'].some((refusal) => hubErrorOf(error).code.startsWith(refusal)),
    },
  },
});
const router = createAppRouter(session);

let user: string | null = null;
session.subscribe(() => {
  const state = session.read();
  const next = state.status === 'signed-in' ? state.user.id : null;
  // What one person saw is not kept for the next.
  if (next !== user) queries.clear();
  user = next;
  void router.invalidate();
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <HubContext value={hub}>
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </HubContext>
  </StrictMode>,
);
