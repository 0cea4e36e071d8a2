import type { OutgoingFile } from './phone.ts';

/** A browser's file as the peers take it. */
export function readFile(file: File): Promise<OutgoingFile> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const address = typeof reader.result === 'string' ? reader.result : '';
      resolve({ fileName: file.name, mimeType: file.type || 'application/octet-stream', base64: address.slice(address.indexOf(',') + 1) });
    };
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'));
    reader.readAsDataURL(file);
  });
}

/** Larger files are refused by the peers. */
export const MOST_FILE_BYTES = 40 * 1024 * 1024;
