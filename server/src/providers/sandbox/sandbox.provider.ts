import { at, defineProvider, sameSecret, withoutProperties } from '#provider-kit';
import { capabilities } from './capabilities.ts';
import { fromSandbox } from './from-sandbox.ts';
import { openServer } from './server.ts';
import { openSession } from './session.ts';

export const SECRET_PROPERTIES = ['token'] as const;

export const sandbox = defineProvider({
  id: 'sandbox',
  label: 'Sandbox',
  capabilities,
  openServer,
  openSession,
  parseWebhook: ({ body }) => fromSandbox(body),
  withoutSecrets: (body) => withoutProperties(body, SECRET_PROPERTIES),
  verifies: ({ body }, instance) => {
    const offered = at(body, 'token');
    return offered === undefined || offered === null || offered === '' || sameSecret(offered, instance.token);
  },
});
