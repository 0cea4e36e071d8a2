/** Base64 of a byte stream, whatever the sizes of its chunks: three bytes make four characters. */
export async function* encodedBase64(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    if (whole > 0) yield bytes.toString('base64', 0, whole);
    rest = bytes.subarray(whole);
  }
  if (rest.length > 0) yield rest.toString('base64');
}

const START = '"base64":"';
/** Everything that stands before the content in `{"mediaType":…,"mimetype":…,"base64":"…"}`; a caption may be long. */
const MAX_HEAD = 256 * 1024;

export interface Base64Answer {
  /** The fields written before the content. */
  readonly head: unknown;
  readonly content: AsyncGenerator<Uint8Array>;
}

/**
 * Reads a JSON object that has its content in the field `base64`, without holding the content in memory.
 * Null when there is no such field. The quotes of the marker cannot occur inside a JSON text: there they are escaped.
 */
export async function decodedBase64(body: AsyncIterable<Uint8Array>): Promise<Base64Answer | null> {
  const chunks = body[Symbol.asyncIterator]();
  let text = '';
  let start = -1;
  while (start < 0) {
    const next = await chunks.next();
    if (next.done === true || text.length > MAX_HEAD) {
      await chunks.return?.();
      return null;
    }
    text += Buffer.from(next.value).toString('latin1');
    start = text.indexOf(START);
  }
  return { head: headOf(text.slice(0, start)), content: content(text.slice(start + START.length), chunks) };
}

function headOf(latin1: string): unknown {
  const json = Buffer.from(latin1, 'latin1').toString('utf8').trimEnd().replace(/,$/, '');
  try {
    return JSON.parse(`${json}}`) as unknown;
  } catch {
    return {};
  }
}

async function* content(first: string, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending = first.replaceAll('\\/', '/');
  let done = false;
  try {
    for (;;) {
      const end = pending.indexOf('"');
      const available = end < 0 ? pending : pending.slice(0, end);
      const whole = end < 0 ? available.length - (available.length % 4) : available.length;
      if (whole > 0) yield Buffer.from(available.slice(0, whole), 'base64');
      if (end >= 0) return;
      const next = await chunks.next();
      done = next.done === true;
      if (done) throw new Error('The answer ended inside the content.');
      pending =
        available.slice(whole) +
        Buffer.from(next.value as Uint8Array)
          .toString('latin1')
          .replaceAll('\\/', '/');
    }
  } finally {
    if (!done) await chunks.return?.();
  }
}
