import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const MODULES = 29;
const QUIET = 4;
const SCALE = 6;
const FINDER = 7;

/** A picture that looks like a QR code and says nothing: the sandbox has its own button for scanning. */
export function qrPicture(seed: string): string {
  const noise = createHash('sha512').update(seed).digest();
  const side = (MODULES + 2 * QUIET) * SCALE;
  const rowBytes = Math.ceil(side / 8);
  const pixels = Buffer.alloc(side * (rowBytes + 1));
  for (let y = 0; y < side; y += 1) {
    const row = y * (rowBytes + 1) + 1;
    for (let x = 0; x < side; x += 1) {
      const isDark = isDarkModule(Math.floor(x / SCALE) - QUIET, Math.floor(y / SCALE) - QUIET, noise);
      if (!isDark) pixels[row + (x >> 3)] = (pixels[row + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return `data:image/png;base64,${png(side, pixels).toString('base64')}`;
}

function isDarkModule(x: number, y: number, noise: Buffer): boolean {
  if (x < 0 || y < 0 || x >= MODULES || y >= MODULES) return false;
  for (const [left, top] of [
    [0, 0],
    [MODULES - FINDER, 0],
    [0, MODULES - FINDER],
  ] as const) {
    const ring = Math.max(Math.abs(x - left - 3), Math.abs(y - top - 3));
    if (ring <= 4) return ring === 3 || ring <= 1;
  }
  const bit = x * MODULES + y;
  return (((noise[(bit >> 3) % noise.length] ?? 0) >> (bit & 7)) & 1) === 1;
}

/** One bit per pixel, grey; each row begins with its filter (none). */
function png(side: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
