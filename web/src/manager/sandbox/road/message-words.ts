import type { Message } from '@whatpro/sdk/contract';
import type { Language, TextKey } from '../../../language/language.tsx';

const KINDS: Readonly<Record<string, TextKey>> = {
  text: 'kind.text',
  image: 'kind.image',
  video: 'kind.video',
  audio: 'kind.audio',
  voice: 'kind.voice',
  document: 'kind.document',
  file: 'kind.document',
  sticker: 'kind.sticker',
  notice: 'kind.notice',
};

const FAILURES = {
  unreachable: 'failure.unreachable',
  timeout: 'failure.timeout',
  unavailable: 'failure.unavailable',
  throttled: 'failure.throttled',
  credentials: 'failure.credentials',
  'not-connected': 'failure.not-connected',
  'not-found': 'failure.not-found',
  'not-on-whatsapp': 'failure.not-on-whatsapp',
  rejected: 'failure.rejected',
  unsupported: 'failure.unsupported',
  'too-large': 'failure.too-large',
  blocked: 'failure.blocked',
  'invalid-answer': 'failure.invalid-answer',
} as const;

const isFailure = (kind: string): kind is keyof typeof FAILURES => kind in FAILURES;

export const kindName = ({ t }: Language, { kind }: Pick<Message, 'kind'>): string =>
  (t as (key: TextKey) => string)(KINDS[kind] ?? 'kind.media');

/** What went wrong, in a sentence. */
export function failureSentence({ t }: Language, direction: Message['direction'], kind: string): string {
  const peer = t(direction === 'inbound' ? 'peer.chatwoot' : 'peer.gateway');
  if (!isFailure(kind)) return t('failure.unknown');
  return (t as (key: TextKey, values: { readonly peer: string }) => string)(FAILURES[kind], { peer });
}

export const contactName = ({ t }: Language, { contact }: Pick<Message, 'contact'>): string =>
  contact.name ?? contact.phone ?? t('road.someone');
