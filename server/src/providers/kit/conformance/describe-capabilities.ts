import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContentKind } from '../capabilities.ts';
import { CONTENT_KINDS } from '../capabilities.ts';
import type { ProviderEvent } from '../events.ts';
import type { OutboundMessage, Provider } from '../provider.ts';
import type { Fixture } from './fixtures.ts';
import type { GatewayDouble } from './gateway-double.ts';
import { startGateway } from './gateway-double.ts';
import type { WireCases } from './wire-cases.ts';
import { mediaMessage, openOnWire, quoteMessage, textMessage } from './wire-cases.ts';

/** What `Session.send` can be given; a kind that is not here cannot be sent by any provider. */
const SENDABLE: Partial<Record<ContentKind, OutboundMessage>> = {
  text: textMessage,
  quote: quoteMessage,
  image: mediaMessage('image'),
  video: mediaMessage('video'),
  audio: mediaMessage('audio'),
  voice: mediaMessage('voice'),
  document: mediaMessage('document'),
  sticker: mediaMessage('sticker'),
};

export function describeCapabilities(provider: Provider, fixtures: readonly Fixture[], wire: WireCases): void {
  const shown = fixtures.flatMap((fixture) => {
    const { events } = provider.parseWebhook({ body: fixture.delivery.body, headers: fixture.delivery.headers ?? {} });
    return 'unrecognised' in events ? [] : [...events];
  });

  describe('inbound table', () => {
    test.each(CONTENT_KINDS)('%s is as claimed', (kind) => {
      const level = provider.capabilities.inbound[kind];
      const [inFull, asNotice] = [shown.some((event) => showsInFull(event, kind)), shown.some((event) => showsAsNotice(event, kind))];
      if (level === 'full' || level === 'partial') expect(inFull, 'no fixture shows it').toBe(true);
      if (level === 'fallback') expect([inFull, asNotice], 'a notice and nothing more').toEqual([false, true]);
      if (level === 'none') expect([inFull, asNotice], 'a fixture shows what is claimed impossible').toEqual([false, false]);
    });

    test.each(['sent', 'delivered', 'read'] as const)('receipt %s is as claimed', (receipt) => {
      const seen = shown.some((event) => event.type === 'receipt' && event.receipt === receipt);
      expect(seen).toBe(provider.capabilities.receipts[receipt] !== 'none');
    });
  });

  describe('outbound table', () => {
    let gateway: GatewayDouble;
    beforeAll(async () => {
      gateway = await startGateway(wire.basePath);
      gateway.answer(wire.gateway);
    });
    afterAll(() => gateway.close());

    test.each(CONTENT_KINDS)('%s is as claimed', async (kind) => {
      const level = provider.capabilities.outbound[kind];
      const message = SENDABLE[kind];
      if (message === undefined) {
        expect(level, 'a session has no way to send it').toBe('none');
        return;
      }
      const before = gateway.journal.length;
      const outcome = await openOnWire(provider, gateway.baseUrl).session.send(message);
      const sends = gateway.journal.slice(before).filter(wire.isSend);
      if (level === 'none') {
        expect(outcome).toMatchObject({
          ok: false,
          failure: { kind: 'unsupported', retry: 'never', certainty: 'not-sent', scope: 'message' },
        });
        expect(sends).toEqual([]);
        return;
      }
      expect(outcome).toMatchObject({ ok: true });
      expect(sends).toHaveLength(1);
      expect(
        sends.every((request) => wire.carries[kind]?.(request) === true),
        'no wire case shows it',
      ).toBe(true);
    });
  });
}

function showsInFull(event: ProviderEvent, kind: ContentKind): boolean {
  switch (kind) {
    case 'reaction':
    case 'edit':
      return event.type === kind;
    case 'removal':
      return event.type === 'removal' || event.type === 'removed';
    case 'quote':
      return event.type === 'message' && event.quotedId !== undefined && event.content.kind !== 'notice';
    case 'text':
      return event.type === 'message' && event.content.kind === 'text';
    default:
      return event.type === 'message' && event.content.kind === 'media' && event.content.media === kind;
  }
}

const showsAsNotice = (event: ProviderEvent, kind: ContentKind): boolean =>
  event.type === 'message' && event.content.kind === 'notice' && (event.content.of === kind || event.content.of.startsWith(`${kind}-`));
