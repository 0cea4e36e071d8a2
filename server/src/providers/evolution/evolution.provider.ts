import { defineProvider } from '#provider-kit';
import { capabilities } from './capabilities.ts';
import { fromEvolution } from './from-evolution.ts';
import { verifies, withoutSecrets } from './secrets.ts';
import { openServer } from './server.ts';
import { openSession } from './session.ts';

export const evolution = defineProvider({
  id: 'evolution',
  label: 'Evolution API',
  capabilities,
  openServer,
  openSession,
  parseWebhook: fromEvolution,
  withoutSecrets: (body) => withoutSecrets(body),
  verifies,
});
