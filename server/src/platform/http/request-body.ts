import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { Secret } from '#platform/crypto';
import type { FormPart, HttpBody } from './http-client.ts';

export interface WireBody {
  readonly contentType: string;
  readonly payload: Buffer | Readable;
}

/** `Secret.toJSON` gives the mask, so the raw property is read from its holder. */
function unwrapSecrets(this: unknown, key: string, value: unknown): unknown {
  const raw: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value;
  return raw instanceof Secret ? raw.expose() : value;
}

function jsonText(json: unknown): string {
  const text = JSON.stringify(json) ?? 'null';
  return text.includes('"[secret]"') ? JSON.stringify(json, unwrapSecrets) : text;
}

/** Quoting of names as browsers do it (WHATWG HTML, multipart/form-data). */
const quoted = (name: string): string => `"${name.replace(/["\r\n]/g, (char) => (char === '"' ? '%22' : char === '\r' ? '%0D' : '%0A'))}"`;

function partHead(part: FormPart, boundary: string): string {
  const disposition = `--${boundary}\r\ncontent-disposition: form-data; name=${quoted(part.name)}`;
  if ('value' in part) return `${disposition}\r\n\r\n`;
  const contentType = part.contentType.replace(/[\r\n]/g, '');
  return `${disposition}; filename=${quoted(part.fileName)}\r\ncontent-type: ${contentType}\r\n\r\n`;
}

const partContent = (part: FormPart): string | Uint8Array | AsyncIterable<Uint8Array> => ('value' in part ? part.value : part.content);

async function* streamForm(parts: readonly FormPart[], boundary: string): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    yield Buffer.from(partHead(part, boundary));
    const content = partContent(part);
    if (typeof content === 'string') yield Buffer.from(content);
    else if (content instanceof Uint8Array) yield content;
    else yield* content;
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

/** One buffer when every part is in memory, so that the length is known to the peer. */
function formPayload(parts: readonly FormPart[], boundary: string): Buffer | Readable {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const content = partContent(part);
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
      return Readable.from(streamForm(parts, boundary), { objectMode: false });
    }
    pieces.push(Buffer.from(partHead(part, boundary)), Buffer.from(content), Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

export function encodeBody(body: HttpBody): WireBody {
  if ('json' in body) return { contentType: 'application/json', payload: Buffer.from(jsonText(body.json)) };
  if ('stream' in body) return { contentType: body.contentType, payload: Readable.from(body.stream, { objectMode: false }) };
  const boundary = `form-${randomBytes(16).toString('hex')}`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, payload: formPayload(body.form, boundary) };
}

/** Tells sources that were never started that nobody will read them, so that what they hold is let go. */
export function abandonBody(body: HttpBody): void {
  const sources = 'stream' in body ? [body.stream] : 'form' in body ? body.form.map(partContent) : [];
  for (const source of sources) {
    if (typeof source === 'string' || source instanceof Uint8Array) continue;
    void Promise.resolve(source[Symbol.asyncIterator]().return?.()).catch(() => undefined);
  }
}
