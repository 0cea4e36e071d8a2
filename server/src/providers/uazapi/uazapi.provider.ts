import { at, defineProvider, sameSecret, withoutProperties } from '#provider-kit';
import { capabilities } from './capabilities.ts';
import { fromUazapi } from './from-uazapi.ts';
import { openServer } from './server.ts';
import { openSession } from './session.ts';

/**
 * The instance's token rides in the body of most webhooks, the key of a transcription service in the instance's fields.
 * Not listed, because they are WhatsApp's and part of a message: `mediaKey`, `messageSecret`.
 */
export const SECRET_PROPERTIES = ['token', 'admintoken', 'openai_apikey', 'apikey', 'access_token', 'chatwoot_access_token'] as const;

export const uazapi = defineProvider({
  id: 'uazapi',
  label: 'Uazapi',
  capabilities,
  openServer,
  openSession,
  parseWebhook: ({ body }) => fromUazapi(body),
  withoutSecrets: (body) => withoutProperties(body, SECRET_PROPERTIES),
  verifies: ({ body }, instance) => {
    const offered = at(body, 'token');
    return offered === undefined || offered === null || offered === '' || sameSecret(offered, instance.token);
  },
});
