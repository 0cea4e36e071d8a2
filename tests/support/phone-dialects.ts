import type { Person, PhoneMessage } from './phones.ts';

const phoneOf = ({ phone }: Person): string => (phone === undefined ? '' : `${phone}@s.whatsapp.net`);
const lidOf = ({ lid }: Person): string => (lid === undefined ? '' : `${lid}@lid`);
const mainOf = (person: Person): string => (person.main === 'phone' ? phoneOf(person) : lidOf(person));
const otherOf = (person: Person): string => (person.main === 'phone' ? lidOf(person) : phoneOf(person));

const UAZAPI_TYPES: Readonly<Record<PhoneMessage['kind'], readonly [messageType: string, mediaType: string]>> = {
  text: ['ExtendedTextMessage', ''],
  image: ['ImageMessage', 'image'],
  document: ['DocumentMessage', 'document'],
  voice: ['AudioMessage', 'ptt'],
  unknown: ['HologramMessage', ''],
};

/** A `messages` webhook of uazapiGO; the envelope is the double's. */
export function uazapiBody(message: PhoneMessage, owner: string): Readonly<Record<string, unknown>> {
  const { chat, own = false, file } = message;
  const [messageType, mediaType] = UAZAPI_TYPES[message.kind];
  const ours = `${owner}@s.whatsapp.net`;
  return {
    EventType: 'messages',
    chatSource: 'updated',
    chat: { wa_chatid: mainOf(chat), wa_chatlid: lidOf(chat), wa_isGroup: false, wa_name: chat.name, name: chat.name },
    message: {
      id: `${owner}:${message.id}`,
      messageid: message.id,
      owner,
      chatid: mainOf(chat),
      chatlid: lidOf(chat),
      fromMe: own,
      isGroup: false,
      groupName: 'Unknown',
      sender: own ? ours : lidOf(chat) || phoneOf(chat),
      sender_lid: own ? '' : lidOf(chat),
      sender_pn: own ? ours : phoneOf(chat),
      senderName: own ? 'Loja Exemplo' : chat.name,
      messageType,
      mediaType,
      type: mediaType === '' ? 'text' : 'media',
      text: message.kind === 'unknown' ? '' : message.text,
      content:
        file === undefined
          ? { text: message.text }
          : {
              URL: 'https://mmg.whatsapp.net/v/example.enc',
              mimetype: file.mimeType,
              fileLength: file.bytes.length,
              fileName: file.fileName,
              PTT: message.kind === 'voice',
            },
      messageTimestamp: Date.now(),
      quoted: message.quotedId ?? '',
      edited: '',
      reaction: '',
      vote: '',
      track_id: '',
      track_source: '',
      wasSentByApi: false,
    },
  };
}

/** A `messages.upsert` webhook of Evolution 2.3.5 and later; the envelope is the double's. */
export function evolutionBody(message: PhoneMessage): Readonly<Record<string, unknown>> {
  const { chat, own = false } = message;
  const other = otherOf(chat);
  const [messageType, content] = evolutionContent(message);
  return {
    event: 'messages.upsert',
    data: {
      key: {
        remoteJid: mainOf(chat),
        ...(other === '' ? {} : { remoteJidAlt: other }),
        fromMe: own,
        id: message.id,
        addressingMode: chat.main === 'phone' ? 'pn' : 'lid',
      },
      pushName: own ? '' : chat.name,
      status: own ? 'SERVER_ACK' : 'DELIVERY_ACK',
      message: { [messageType]: content },
      ...(message.quotedId === undefined ? {} : { contextInfo: { stanzaId: message.quotedId } }),
      messageType,
      messageTimestamp: Math.floor(Date.now() / 1_000),
      instanceId: '6e262617-a8f0-4a17-b452-ae06819e0c34',
      source: 'android',
    },
  };
}

function evolutionContent({ kind, text, file }: PhoneMessage): readonly [string, unknown] {
  const media = { url: 'https://mmg.whatsapp.net/x', mimetype: file?.mimeType, fileLength: String(file?.bytes.length ?? 0) };
  switch (kind) {
    case 'text':
      return ['conversation', text];
    case 'image':
      return ['imageMessage', { ...media, caption: text }];
    case 'document':
      return ['documentMessage', { ...media, fileName: file?.fileName, caption: text }];
    case 'voice':
      return ['audioMessage', { ...media, seconds: 1, ptt: true }];
    case 'unknown':
      return ['hologramMessage', { depth: 3 }];
  }
}
