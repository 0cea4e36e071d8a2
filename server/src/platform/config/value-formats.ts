import ipaddr from 'ipaddr.js';
import { z } from 'zod';

export const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `must be a whole number from ${from} to ${to}`);

export const oneOf = <const T extends readonly [string, ...string[]]>(choices: T) =>
  z.enum(choices, { error: `must be one of: ${choices.join(', ')}` });

export const webAddress = z
  .string()
  .refine((value) => hasProtocol(value, ['http:', 'https:']), 'must be an address such as https://hub.example.com')
  .transform((value) => value.replace(/\/+$/, ''));

export const serviceAddress = (protocols: readonly string[], example: string) =>
  z.string().refine((value) => hasProtocol(value, protocols), `must be an address such as ${example}`);

export const emailAddress = z.email('must be an e-mail address');

export const hostList = listOf(
  z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i, 'must be host names separated by commas, each optionally with :port'),
);

export const cidrList = listOf(z.string().refine(isCidr, 'must be address ranges such as 10.0.0.0/8, separated by commas'));

/** `true` is refused: it would believe any X-Forwarded-For a stranger sends (SECURITY.md M13). */
export const proxyTrust = z.string().transform((value, context): number | readonly string[] => {
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const ranges = cidrList.safeParse(value);
  if (ranges.success && ranges.data.length > 0) return ranges.data;
  context.addIssue('must be the number of proxies in front of the Hub, or their address ranges such as 10.0.0.0/8; `true` is not accepted');
  return z.NEVER;
});

function listOf(item: z.ZodType<string, string>) {
  return z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item))
    .readonly();
}

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

function isCidr(value: string): boolean {
  try {
    ipaddr.parseCIDR(value);
    return true;
  } catch {
    return false;
  }
}
