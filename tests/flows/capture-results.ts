/**
 * What each captured webhook must come to, in the order they are posted: `←` from the contact, `→` from the company.
 * `raw` is the outcome kept beside the raw event. `put`: the id of a message the agent just sent stands in the body instead of
 * the captured one, because only sent messages have ticks.
 */
export interface CaptureRow {
  readonly capture: string;
  readonly result: string;
  readonly raw: 'accepted' | 'ignored' | 'unrecognised';
  /** Where nothing is shown. */
  readonly why?: string;
  readonly put?: 'agent-message-id';
}

const NOTHING = 'nothing to show';
const contacts = 'the message itself brings the name';

const row = (capture: string, result: string): CaptureRow => ({ capture, result, raw: 'accepted' });
const receipt = (capture: string, result: string): CaptureRow => ({ capture, result, raw: 'accepted', put: 'agent-message-id' });
const ignored = (capture: string, why: string): CaptureRow => ({ capture, result: NOTHING, raw: 'ignored', why });

export const captureResults: Readonly<Record<'uazapi' | 'evolution', readonly CaptureRow[]>> = {
  uazapi: [
    row('text', 'new conversation: Ana Souza ← "Oi"'),
    row('emoji', 'Ana Souza ← "🥺"'),
    row('text-edited', 'Ana Souza ← "[edit] Oi2" (answers "Oi")'),
    // What it is about was not captured.
    row('reaction', 'Ana Souza ← "[reaction] ❤️"'),
    row('image', 'Ana Souza ← [image whatsapp.jpg, the jpeg of 159 bytes]'),
    row('video', 'Ana Souza ← [video whatsapp.mp4, the mp4 of 786 bytes]'),
    row('gif', 'Ana Souza ← [video whatsapp.mp4, the mp4 of 786 bytes]'),
    row('voice', 'Ana Souza ← [audio whatsapp.ogg, the ogg of 324 bytes]'),
    row('document', 'Ana Souza ← [file Cata\u0301logo Fittivirtual PDF.pdf, the pdf of 545 bytes]'),
    row('sticker', 'Ana Souza ← [image whatsapp.webp, the webp of 34 bytes]'),
    row('location', 'Ana Souza ← "[location] https://maps.google.com/?q=-8.0342513,-34.8921449"'),
    row('contact-card', 'Ana Souza ← "[contact] Bruno Lima +5511990000003"'),
    row('poll', 'Ana Souza ← "[poll] Café Central · Sol · Lua"'),
    row('poll-vote', 'Ana Souza ← "[poll-vote] Sol" (answers "[poll] Café Central · Sol · Lua")'),
    row('own-poll-vote', 'Ana Souza → "[poll-vote] Lua" (answers "[poll] Café Central · Sol · Lua")'),
    row('list-answer', 'Ana Souza ← "[list-answer] Fones · Bluetooth e com fio"'),
    row('own-text', 'Ana Souza → "Oi"'),
    row('own-text-edited', 'Ana Souza → "[edit] Oi2" (answers "Oi")'),
    row('own-image', 'Ana Souza → [image whatsapp.jpg, the jpeg of 159 bytes]'),
    row('own-sticker', 'Ana Souza → [image whatsapp.webp, the webp of 34 bytes]'),
    row('group-text', 'new conversation: Grupo Exemplo ← "**+5511990000002 - Ana Souza:**\\nOi"'),
    row('group-image', 'Grupo Exemplo ← "**+5511990000002 - Ana Souza:**" [image whatsapp.jpg, the jpeg of 159 bytes]'),
    row('group-poll-vote', 'Grupo Exemplo ← "**+5511990000002 - Ana Souza:**\\n[poll-vote] Gajskd"'),
    // The event does not name its group.
    row('group-join', 'new conversation: 120363423611502898 ← "[group-join] +5511990000001"'),
    receipt('receipt-delivered', 'tick: sent → delivered'),
    receipt('receipt-read', 'tick: delivered → read'),
    row('logged-out', 'number: logged-out, 5511990000001, 401: logged out from another device'),
    row('connecting-with-qr', 'number: pairing, 5511990000001'),
    row('connected', 'number: connected, 5511990000001'),
  ],
  evolution: [
    ignored('qrcode.instance-create', 'the Hub knows what it made'),
    row('qrcode.connection-update', 'number: connecting, 5511900000001'),
    row('qrcode', 'number: pairing, 5511900000001'),
    row('connection-open', 'number: connected, 5511900000000'),
    row('text', 'new conversation: Maria ← "oi"'),
    ignored('text.contacts-upsert', contacts),
    row('extended-reply', 'Maria ← "resposta" (answers "oi")'),
    ignored('extended-reply.contacts-update', contacts),
    row('lid-with-pn', 'Maria ← "via lid"'),
    ignored('lid-with-pn.contacts-update', contacts),
    // Nothing says that this is the same Maria.
    row('lid-only', 'new conversation: Maria ← "so lid"'),
    ignored('lid-only.contacts-upsert', contacts),
    row('edit', 'Maria ← "[edit] oi editado" (answers "oi")'),
    row('reaction', 'Maria ← "[reaction] 👍" (answers "oi")'),
    ignored('reaction.contacts-update', contacts),
    row('image', 'Maria ← "legenda" [image sample.jpg, the jpeg of 159 bytes]'),
    ignored('image.contacts-update', contacts),
    row('audio-ptt', 'Maria ← [audio sample.ogg, the ogg of 324 bytes]'),
    ignored('audio-ptt.contacts-update', contacts),
    row('location', 'Maria ← "[location] SP · Rua X · https://www.google.com/maps?q=-23.5,-46.6"'),
    ignored('location.contacts-update', contacts),
    row('poll', 'Maria ← "[poll] Qual? · A / B"'),
    ignored('poll.contacts-update', contacts),
    // Evolution does not name the group.
    row('group-text', 'new conversation: 120363000000000001 ← "**+5511988887777 - Maria:**\\nno grupo"'),
    ignored('group-text.contacts-upsert', contacts),
    ignored('fromme-phone.contacts-update', contacts),
    row('fromme-phone', 'Maria → "do celular"'),
    ignored('presence', 'typing is not shown yet'),
    row('call', 'Maria ← "[call]"'),
    // What Evolution itself answers to a call it rejects.
    row('call.messages-upsert', 'Maria → "nao atendo"'),
    ignored('call.contacts-update', contacts),
    ignored('send-text', 'the echo of a send through the API'),
    receipt('update-delivery', 'tick: sent → delivered'),
    receipt('update-read', 'tick: delivered → read'),
    row('connection-logged-out-401.status-instance', 'number: logged-out, 5511900000000, Logged out on the phone or by WhatsApp (401).'),
    row('connection-logged-out-401.logout-instance', 'number: logged-out, 5511900000000'),
    row('connection-logged-out-401', 'number: logged-out, 5511900000000, Logged out on the phone or by WhatsApp (401).'),
    ignored('deleted.send-message', 'the echo of a send through the API'),
    row('deleted', 'number: removed, 5511900000000'),
    { ...row('deleted.remove-instance', NOTHING), why: 'the number is known to be removed' },
  ],
};
