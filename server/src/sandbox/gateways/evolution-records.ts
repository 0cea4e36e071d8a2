import type { DoubleInstance, SentKind, SentMessage } from './double-rows.ts';

const PART: Readonly<Record<Exclude<SentKind, 'text'>, string>> = {
  image: 'imageMessage',
  video: 'videoMessage',
  audio: 'audioMessage',
  voice: 'audioMessage',
  document: 'documentMessage',
  sticker: 'stickerMessage',
};

/** A message as Evolution stores it, answers a send, and tells of it. */
export function messageRecord(instance: DoubleInstance, message: SentMessage): Readonly<Record<string, unknown>> {
  const part = message.kind === 'text' ? 'conversation' : PART[message.kind];
  return {
    key: { remoteJid: message.chat, fromMe: true, id: message.id },
    pushName: 'Você',
    status: 'PENDING',
    message: { [part]: message.kind === 'text' ? message.text : mediaPart(message) },
    contextInfo: message.quotedId === null ? null : { stanzaId: message.quotedId },
    messageType: part,
    messageTimestamp: Math.floor(message.at / 1_000),
    instanceId: instance.id,
    source: 'web',
  };
}

function mediaPart({ kind, text, file }: SentMessage): Readonly<Record<string, unknown>> {
  return {
    url: 'https://mmg.whatsapp.net/x',
    mimetype: file?.mimeType ?? '',
    // A protobuf Long, as the server serialises it.
    fileLength: { low: file?.sizeBytes ?? 0, high: 0, unsigned: true },
    ...(kind === 'voice' ? { ptt: true } : {}),
    ...(kind === 'document' ? { fileName: file?.fileName ?? null } : {}),
    ...(text === '' ? {} : { caption: text }),
  };
}
