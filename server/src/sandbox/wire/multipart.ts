export interface MultipartFile {
  readonly name: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface Multipart {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: readonly MultipartFile[];
}

const MOST_PARTS = 100;

/** Null when the body is not what its content type says. */
export function parseMultipart(contentType: string, body: Buffer): Multipart | null {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return null;
  const delimiter = Buffer.from(`\r\n--${mark}`);
  const fields = new Map<string, string>();
  const files: MultipartFile[] = [];

  // The first boundary has no line break before it.
  let at = body.indexOf(delimiter.subarray(2));
  if (at === -1) return null;
  at += delimiter.length - 2;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    if (body.subarray(at, at + 2).toString('latin1') === '--') return { fields, files };
    const headEnd = body.indexOf('\r\n\r\n', at);
    const end = headEnd === -1 ? -1 : body.indexOf(delimiter, headEnd + 2);
    if (end === -1) return null;
    const head = body.subarray(at + 2, headEnd).toString('utf8');
    const bytes = body.subarray(headEnd + 4, end);
    const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) return null;
    const fileName = /[; ]filename="([^"]*)"/i.exec(head)?.[1];
    if (fileName === undefined) fields.set(name, bytes.toString('utf8'));
    else files.push({ name, fileName: unescapeName(fileName), contentType: typeOf(head), bytes });
    at = end + delimiter.length;
  }
  return null;
}

function typeOf(head: string): string {
  return /^content-type:\s*([^\r\n;]+)/im.exec(head)?.[1]?.trim().toLowerCase() ?? 'application/octet-stream';
}

/** Browsers and fetch write quotes and line breaks in names this way. */
function unescapeName(name: string): string {
  return name.replaceAll('%22', '"').replaceAll('%0D', '').replaceAll('%0A', '').split(/[\\/]/).at(-1)?.slice(0, 255) || 'file';
}
