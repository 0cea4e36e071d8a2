/**
 * A JSON body with one file inside it as base64, written in chunks so that the file is never in memory whole.
 * `body` is called once with the text that stands for the file and returns what is to be sent.
 */
export function jsonWithFile(body: (file: string) => unknown, content: AsyncIterable<Uint8Array>): StreamedJson {
  const mark = `file-${crypto.randomUUID()}`;
  const [before, after, ...more] = JSON.stringify(body(mark)).split(mark);
  if (before === undefined || after === undefined || more.length > 0) throw new Error('the body must hold the file exactly once');
  const state: { broken: Error | null } = { broken: null };
  async function* chunks(): AsyncGenerator<string> {
    yield before ?? '';
    try {
      yield* base64Of(content);
    } catch (cause) {
      state.broken = cause instanceof Error ? cause : new Error(String(cause));
      throw state.broken;
    }
    yield after ?? '';
  }
  return { stream: chunks(), contentType: 'application/json', broken: () => state.broken };
}

export interface StreamedJson {
  readonly stream: AsyncIterable<string>;
  readonly contentType: string;
  /** Why reading the file ended early. The gateway then got an unfinished document, on which it cannot act. */
  broken(): Error | null;
}

async function* base64Of(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    // Base64 codes three bytes at a time: what is left over waits for the next chunk.
    const whole = bytes.length - (bytes.length % 3);
    if (whole > 0) yield bytes.subarray(0, whole).toString('base64');
    rest = bytes.subarray(whole);
  }
  if (rest.length > 0) yield rest.toString('base64');
}
