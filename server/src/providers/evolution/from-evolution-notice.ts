import type { MessageContent } from '#provider-kit';
import { fieldsOf, inside, listOf, numberOf, oneLine, textOf, type Fields } from './payload.ts';

type Say = (part: Fields, item: Fields) => string;
type Notice = Extract<MessageContent, { kind: 'notice' }>;

/** What can be said in one line about content that a conversation cannot show as it is. */
export function noticeOf(message: Fields, item: Fields): Notice | null {
  for (const [type, [of, say]] of Object.entries(NOTICES)) {
    const part = fieldsOf(message[type]);
    if (part) return { kind: 'notice', of, text: oneLine(say(part, item)) || of.replaceAll('-', ' ') };
  }
  return null;
}

const joined = (...parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined && part !== '').join(' · ');

const listed = (values: readonly unknown[], field: string): string =>
  values
    .slice(0, 20)
    .map((value) => textOf(inside(value)[field], value))
    .filter((name) => name !== undefined)
    .join(' / ');

const poll: Say = (part) => joined(textOf(part['name']), listed(listOf(part['options']), 'optionName'));

const location: Say = (part) => {
  const latitude = numberOf(part['degreesLatitude']);
  const longitude = numberOf(part['degreesLongitude']);
  const map = latitude === undefined || longitude === undefined ? undefined : `https://www.google.com/maps?q=${latitude},${longitude}`;
  return joined(textOf(part['name']), textOf(part['address']), textOf(part['caption'], part['comment']), map);
};

const contact: Say = (part) => joined(textOf(part['displayName']), phonesOf(part['vcard']));

/** `TEL;waid=5511988887777:+55 11 98888-7777`: the number as it is written. */
function phonesOf(vcard: unknown): string | undefined {
  const lines = (textOf(vcard) ?? '').slice(0, 20_000).split(/\r?\n/);
  const numbers = lines.map((line) => /^(?:item\d+\.)?TEL[^:]*:(.{3,40})$/i.exec(line)?.[1]?.trim());
  return textOf(
    numbers
      .filter((number) => number !== undefined)
      .slice(0, 5)
      .join(', '),
  );
}

/** Which options, where the server could decrypt the vote (2.3.7 on). */
const vote: Say = (part, item) => {
  const selected = listOf(inside(part, 'vote')['selectedOptions']).filter((option) => typeof option === 'string');
  const counted = listOf(item['pollUpdates']).filter((option) => listOf(inside(option)['voters']).length > 0);
  return listed(selected.length > 0 ? selected : counted, 'name');
};

const flowReply: Say = (part) => {
  const flow = inside(part, 'nativeFlowResponseMessage');
  return textOf(inside(part, 'body')['text'], chosenOf(flow['paramsJson']), flow['name']) ?? '';
};

function chosenOf(json: unknown): string | undefined {
  try {
    const { display_text, title, id } = inside(JSON.parse(textOf(json)?.slice(0, 20_000) ?? 'null'));
    return textOf(display_text, title, id);
  } catch {
    return undefined;
  }
}

const money = (amount: unknown, currency: unknown): string | undefined => {
  const thousandths = numberOf(amount);
  return thousandths === undefined ? undefined : joined(`${(thousandths / 1000).toFixed(2)} ${textOf(currency) ?? ''}`.trim());
};

const order: Say = (part) => {
  const count = numberOf(part['itemCount']);
  return joined(
    textOf(part['orderTitle']),
    textOf(part['message']),
    count === undefined ? undefined : `${count} items`,
    money(part['totalAmount1000'], part['totalCurrencyCode']),
  );
};

const product: Say = (part) => {
  const { title, description, priceAmount1000, currencyCode } = inside(part, 'product');
  return joined(textOf(title), textOf(description), money(priceAmount1000, currencyCode));
};

const invite: Say = (part) => {
  const code = /^[\w-]{4,64}$/.exec(textOf(part['inviteCode']) ?? '')?.[0];
  return joined(textOf(part['groupName']), textOf(part['caption']), code === undefined ? undefined : `https://chat.whatsapp.com/${code}`);
};

const written =
  (...fields: readonly string[]): Say =>
  (part) =>
    joined(...fields.map((field) => textOf(part[field], inside(part, field)['text'])));

/** Templates keep their words one level further in. */
const template: Say = (part) => {
  const inner =
    fieldsOf(part['hydratedTemplate']) ?? fieldsOf(part['hydratedFourRowTemplate']) ?? inside(part, 'interactiveMessageTemplate');
  return written('hydratedTitleText', 'hydratedContentText', 'body', 'hydratedFooterText')(inner, {});
};

const listReply: Say = (part) => textOf(part['title'], part['description'], inside(part, 'singleSelectReply')['selectedRowId']) ?? '';

const NOTICES: Readonly<Record<string, readonly [of: string, say: Say]>> = {
  locationMessage: ['location', location],
  liveLocationMessage: ['live-location', location],
  contactMessage: ['contact', contact],
  contactsArrayMessage: [
    'contact',
    (part) =>
      listOf(part['contacts'])
        .slice(0, 20)
        .map((one) => contact(inside(one), {}))
        .join(' / '),
  ],
  pollCreationMessage: ['poll', poll],
  pollCreationMessageV2: ['poll', poll],
  pollCreationMessageV3: ['poll', poll],
  pollCreationMessageV4: ['poll', poll],
  pollCreationMessageV5: ['poll', poll],
  pollUpdateMessage: ['poll-vote', vote],
  pollResultSnapshotMessage: ['poll-result', poll],
  buttonsResponseMessage: ['button-reply', (part) => textOf(part['selectedDisplayText'], part['selectedButtonId']) ?? ''],
  templateButtonReplyMessage: ['button-reply', (part) => textOf(part['selectedDisplayText'], part['selectedId']) ?? ''],
  listResponseMessage: ['list-reply', listReply],
  interactiveResponseMessage: ['button-reply', flowReply],
  buttonsMessage: ['buttons', written('text', 'contentText', 'footerText')],
  listMessage: ['list', written('title', 'description', 'buttonText')],
  interactiveMessage: ['buttons', written('header', 'body', 'footer')],
  templateMessage: ['template', template],
  orderMessage: ['order', order],
  productMessage: ['product', product],
  groupInviteMessage: ['group-invite', invite],
  eventMessage: ['event', written('name', 'description', 'joinLink')],
  callLogMesssage: ['call', () => 'call'],
  scheduledCallCreationMessage: ['call', written('title')],
  requestPaymentMessage: [
    'payment',
    (part) =>
      joined(textOf(inside(part, 'noteMessage', 'extendedTextMessage')['text']), money(part['amount1000'], part['currencyCodeIso4217'])),
  ],
  sendPaymentMessage: ['payment', (part) => textOf(inside(part, 'noteMessage', 'extendedTextMessage')['text']) ?? ''],
  stickerPackMessage: ['sticker-pack', written('name', 'publisher')],
  newsletterAdminInviteMessage: ['channel-invite', written('newsletterName', 'caption')],
  commentMessage: [
    'comment',
    (part) => textOf(inside(part, 'message')['conversation'], inside(part, 'message', 'extendedTextMessage')['text']) ?? '',
  ],
};
