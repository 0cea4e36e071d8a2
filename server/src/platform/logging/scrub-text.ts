import { createHmac, randomBytes } from 'node:crypto';
import { SECRET_NAME_IN_TEXT, SHORT_NAME_IN_TEXT } from './sensitive-names.ts';

export const MASK = '[secret]';
const MAX_TEXT = 8_192;

const PROCESS_KEY = randomBytes(32);

/**
 * Equal within one process, so that lines about one person can be told together; worthless outside it.
 * Written in letters a to p, so that no rule for digits ever matches a mark.
 */
export function pseudonym(kind: 'phone' | 'email' | 'ip', value: string): string {
  const digest = createHmac('sha256', PROCESS_KEY).update(value).digest().subarray(0, 5);
  return `${kind}#${Array.from(digest, (byte) => String.fromCharCode(97 + (byte >> 4), 97 + (byte & 15))).join('')}`;
}

/** Addresses of WhatsApp (`…@s.whatsapp.net`) were made anonymous before and are kept readable. */
const maskEmail = (email: string): string => (/^(?:.*phone)?#[a-p]{10}@/.test(email) ? email : pseudonym('email', email.toLowerCase()));

const digitsOf = (text: string): string => text.replace(/\D/g, '');

type Rule = readonly [hint: RegExp, pattern: RegExp, replacement: string | ((match: string) => string)];

/** What follows a name: in quotes, in escaped quotes (JSON inside JSON), in brackets, or one bare word. */
const VALUE = [
  '(?:bearer|basic|digest)\\s+\\[secret\\]',
  '"(?:[^"\\\\]|\\\\[\\s\\S])*(?:"|$)',
  "'(?:[^'\\\\]|\\\\[\\s\\S])*(?:'|$)",
  '\\\\+["\'][\\s\\S]*?(?:\\\\+["\']|$)',
  '[\\[{][^\\]}]*(?:[\\]}]|$)',
  '(?:(?:bearer|basic|digest)\\s+)?[^\\s"\'\\\\,;&}\\])<>]+',
].join('|');

const NAME_END = '[\\w.\\[\\]-]{0,40}';
const QUOTED_END = '\\\\*["\']\\s*(?:=>|[:=,])\\s*';
const BARE_END = '\\s*(?:=>|[:=>]|%3D)\\s*';

/** Every repetition is bounded or starts at a fixed mark, so that no text takes long. */
const RULES: readonly Rule[] = [
  [/wph_|whsec_|\$aact_/i, /(?:wph_|whsec_|\$aact_)[^\s"'\\,;&<>)\]}]*/gi, MASK],
  [/eyJ/, /eyJ[\w-]{5,}(?:\.[\w-]*)*/g, MASK],
  [/bearer|basic|digest/i, /\b(bearer|basic|digest)(\s+|%20|\+)[^\s"'\\,;<>]+/gi, `$1$2${MASK}`],
  [/\/hooks\//i, /(\/hooks\/[^\s/?#"'\\]+\/)(?![:{*])[^\s/?#"'\\<>]+/gi, `$1${MASK}`],
  [/:\/\/[^/\s]*@/, /(:\/\/)[^/\s"']*@/g, `$1${MASK}@`],
  [
    new RegExp(SECRET_NAME_IN_TEXT, 'i'),
    new RegExp(`((?:${SECRET_NAME_IN_TEXT})${NAME_END}(?:${QUOTED_END}|${BARE_END}))(?:${VALUE})`, 'gi'),
    `$1${MASK}`,
  ],
  [
    new RegExp(`\\b(?:${SHORT_NAME_IN_TEXT})\\\\*["']?\\s*[:=,]`, 'i'),
    new RegExp(`(\\b(?:${SHORT_NAME_IN_TEXT})(?:${QUOTED_END}|\\s*[:=]\\s*(?=["'])))(?:${VALUE})`, 'gi'),
    `$1${MASK}`,
  ],
  [/[?&#;]\w+=/, new RegExp(`([?&#;](?:${SHORT_NAME_IN_TEXT}|key|code|state|hash)=)[^&#\\s"'\\\\<>;]*`, 'gi'), `$1${MASK}`],
  [/^(?:uid|client):/im, /^((?:uid|client):\s*)\S+/gim, `$1${MASK}`],
  [
    /\d@/,
    /(?<!\d)\+?\d{5,20}(?:[:.]\d{1,5}){0,2}(?=@(?:s\.whatsapp\.net|c\.us|lid|g\.us|broadcast|newsletter)\b)/g,
    (jid) => pseudonym('phone', digitsOf(jid)),
  ],
  [/@/, /[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b/gi, maskEmail],
  [/\+\s?\d/, /\+\s?\d[\d\s().-]{6,20}\d/g, (phone) => pseudonym('phone', digitsOf(phone))],
  [/\(\d\d\)/, /\(\d{2}\)\s?9?\s?\d{4}[-\s]?\d{4}\b/g, (phone) => pseudonym('phone', digitsOf(phone))],
  // 10 and 13 digits that start with 1 are times in seconds and milliseconds, not numbers of people.
  [/\d{10}/, /(?<![\w#.-])(?!1\d{9}(?!\d)|1\d{12}(?!\d))\d{10,15}(?![\w-]|\.\d)/g, (phone) => pseudonym('phone', phone)],
];

/** One look that most texts pass: no digit runs, no separators of pairs, none of the known beginnings. */
const MAY_MATCH = /[@=:>,]|%3D|\d{8}|\+\s?\d|\(\d\d\)|wph_|whsec_|aact_|eyJ|hooks|bearer|basic|digest|secret|token|passw|key|auth/i;

/**
 * Text without secrets, and with phones and e-mails replaced by a mark that is stable within the process.
 * Cut at 8,192 characters.
 */
export function scrubText(text: string): string {
  if (!MAY_MATCH.test(text)) return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  let scrubbed = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  for (const [hint, pattern, replacement] of RULES) {
    if (!hint.test(scrubbed)) continue;
    scrubbed = typeof replacement === 'string' ? scrubbed.replace(pattern, replacement) : scrubbed.replace(pattern, replacement);
  }
  return scrubbed;
}
