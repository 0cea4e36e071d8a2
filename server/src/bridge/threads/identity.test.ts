import { describe, expect, test } from 'vitest';
import { toAddress } from '#provider-kit';
import type { WhatsAppAddress } from '#provider-kit';
import { identityOf, identityOfContact } from './identity.ts';

const address = (raw: string): WhatsAppAddress => {
  const found = toAddress(raw);
  if (!found) throw new Error(`no address: ${raw}`);
  return found;
};

describe('identity', () => {
  test('a phone with a LID keeps both names and adds the other spelling of the phone as an alias', () => {
    const identity = identityOf({ kind: 'person', addresses: [address('5511988887777@s.whatsapp.net'), address('123@lid')], name: 'Ana' });
    expect(identity).toEqual({
      chat: 'person',
      addresses: ['5511988887777@s.whatsapp.net', '123@lid'],
      aliases: ['551188887777@s.whatsapp.net'],
      name: 'Ana',
      phone: '+5511988887777',
    });
  });

  test('a LID alone has no phone and no alias', () => {
    expect(identityOf({ kind: 'person', addresses: [address('123@lid')] })).toMatchObject({ aliases: [], phone: null, name: null });
  });

  test('a spelling that was seen itself is no alias', () => {
    const both = identityOf({
      kind: 'person',
      addresses: [address('5511988887777@s.whatsapp.net'), address('551188887777@s.whatsapp.net')],
    });
    expect(both.aliases).toEqual([]);
  });

  test('an agent writes first: the identifier leads, then the phone; nobody without either', () => {
    expect(identityOfContact({ identifier: '123@lid', phone: '+5511988887777', name: null })?.addresses).toEqual([
      '123@lid',
      '5511988887777@s.whatsapp.net',
    ]);
    expect(identityOfContact({ identifier: 'customer-42', phone: '+14155550123', name: 'Bob' })).toMatchObject({
      addresses: ['14155550123@s.whatsapp.net'],
      name: 'Bob',
    });
    expect(identityOfContact({ identifier: '120363000000000001@g.us', phone: null, name: null })?.chat).toBe('group');
    expect(identityOfContact({ identifier: null, phone: null, name: 'x' })).toBeNull();
  });
});
