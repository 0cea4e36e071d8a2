import { createHash, randomBytes } from 'node:crypto';
import { createEvolutionDouble, createSandboxGateway, createUazapiDouble, listen } from '../../server/src/sandbox/index.ts';
import type { GatewayDouble, SampleFile } from '../../server/src/sandbox/index.ts';
import { evolutionBody, uazapiBody } from './phone-dialects.ts';

/** Who writes. `main` is the name that WhatsApp uses for the chat; the other one, when there, comes along. */
export interface Person {
  readonly main: 'phone' | 'lid';
  /** Digits. */
  readonly phone?: string;
  /** Digits. */
  readonly lid?: string;
  readonly name: string;
}

export interface PhoneMessage {
  readonly id: string;
  readonly chat: Person;
  /** `unknown`: something this provider's part of the Hub has no kind for. */
  readonly kind: 'text' | 'image' | 'document' | 'voice' | 'unknown';
  readonly text: string;
  readonly file?: SampleFile;
  readonly quotedId?: string;
  /** Typed on the company's own phone. */
  readonly own?: boolean;
}

/** What the Hub handed to the gateway. */
export interface Handed {
  readonly id: string;
  readonly chat: string;
  readonly kind: string;
  readonly text: string;
  readonly quotedId: string | null;
  readonly sha256: string | null;
}

export interface InstanceNames {
  readonly name: string;
  readonly externalId: string;
}

/** One gateway with the phones behind it: the customers' and the company's own. */
export interface Phones {
  readonly provider: 'sandbox' | 'uazapi' | 'evolution';
  /** For a provider server. */
  readonly server: { readonly baseUrl: string; readonly adminSecret: string };
  /** What the agent reads for a message of kind `unknown`. */
  readonly unknownNotice: string;
  scan(instance: InstanceNames, phone: string): Promise<void>;
  /** Gives WhatsApp's id of the message. */
  write(instance: InstanceNames, message: Omit<PhoneMessage, 'id'>): Promise<string>;
  receipt(instance: InstanceNames, id: string, receipt: 'delivered' | 'read'): Promise<void>;
  handed(instance: InstanceNames): Promise<readonly Handed[]>;
  close(): Promise<void>;
}

const ADMIN_KEY = 'gateway-admin-key';
const UI_KEY = 'gateway-ui-key';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const newId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;

export const startPhones = {
  sandbox: startSandboxPhones,
  uazapi: () => startDouble('uazapi'),
  evolution: () => startDouble('evolution'),
} satisfies Readonly<Record<string, () => Promise<Phones>>>;

async function startDouble(provider: 'uazapi' | 'evolution'): Promise<Phones> {
  let url = '';
  const create = { uazapi: createUazapiDouble, evolution: createEvolutionDouble }[provider];
  const double: GatewayDouble = create({ adminKey: ADMIN_KEY, baseUrl: () => url, receipts: null });
  const running = await listen(double.handle);
  url = running.url;
  const bodyOf = { uazapi: uazapiBody, evolution: evolutionBody }[provider];
  return {
    provider,
    server: { baseUrl: url, adminSecret: ADMIN_KEY },
    unknownNotice: provider === 'uazapi' ? '[unknown] HologramMessage' : '[unknown] hologramMessage',
    scan: async ({ name }, phone) => double.scan(name, phone),
    async write({ name }, draft) {
      const message: PhoneMessage = { ...draft, id: newId() };
      if (message.file) double.keepFile(message.id, message.file);
      if (double.emit(name, bodyOf(message, double.instance(name)?.phone ?? '')) !== 1)
        throw new Error(`${name} has no webhook at ${provider}`);
      return message.id;
    },
    receipt: async ({ name }, id, receipt) => double.giveReceipt(name, [id], receipt),
    handed: async ({ name }) =>
      double
        .sent(name)
        .map(({ id, chat, kind, text, quotedId, file }) => ({ id, chat, kind, text, quotedId, sha256: file?.sha256 ?? null })),
    async close() {
      await running.close();
      await double.close();
    },
  };
}

interface SandboxRow {
  readonly id: string;
  readonly chat: string;
  readonly viaApi: boolean;
  readonly kind: string;
  readonly text?: string;
  readonly quotedId?: string;
  readonly media?: { readonly id: string };
}

async function startSandboxPhones(): Promise<Phones> {
  const gateway = createSandboxGateway({ adminKey: ADMIN_KEY, uiKey: UI_KEY, receipts: null });
  const running = await listen(gateway.handle);
  const ui = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const answer = await fetch(`${running.url}/ui/instances/${path}`, {
      method,
      headers: { 'x-sandbox-ui': UI_KEY, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const rows = async (path: string): Promise<readonly SandboxRow[]> =>
    ((await (await ui('GET', path)).json()) as { payload: SandboxRow[] }).payload;
  return {
    provider: 'sandbox',
    server: { baseUrl: running.url, adminSecret: ADMIN_KEY },
    unknownNotice: '[poll] Sol / Lua',
    scan: async ({ externalId }, phone) => void (await ui('POST', `${externalId}/scan`, { phone })),
    async write({ externalId }, { chat, kind, text, file, quotedId, own }) {
      const address = chat.main === 'phone' ? `${chat.phone}@s.whatsapp.net` : `${chat.lid}@lid`;
      const answer = await ui('POST', `${externalId}/chats/${address}/messages`, {
        kind: kind === 'unknown' ? 'poll' : kind,
        text: kind === 'unknown' ? 'Sol / Lua' : text,
        name: chat.name,
        fromMe: own ?? false,
        ...(chat.main === 'phone' && chat.lid ? { lid: `${chat.lid}@lid` } : {}),
        ...(quotedId === undefined ? {} : { quotedId }),
        ...(file === undefined
          ? {}
          : { media: { mimeType: file.mimeType, fileName: file.fileName, base64: file.bytes.toString('base64') } }),
      });
      return ((await answer.json()) as { id: string }).id;
    },
    receipt: async ({ externalId }, id, receipt) => void (await ui('POST', `${externalId}/messages/${id}/receipt`, { receipt })),
    async handed({ externalId }) {
      const chats = (await (await ui('GET', `${externalId}/chats`)).json()) as { payload: { chat: string }[] };
      const messages = (await Promise.all(chats.payload.map(({ chat }) => rows(`${externalId}/chats/${chat}/messages`)))).flat();
      return Promise.all(
        messages
          .filter(({ viaApi }) => viaApi)
          .map(async ({ id, chat, kind, text, quotedId, media }) => ({
            id,
            chat,
            kind,
            text: text ?? '',
            quotedId: quotedId ?? null,
            sha256: media ? sha256(new Uint8Array(await (await ui('GET', `${externalId}/media/${media.id}`)).arrayBuffer())) : null,
          })),
      );
    },
    async close() {
      await running.close();
      await gateway.close();
    },
  };
}
