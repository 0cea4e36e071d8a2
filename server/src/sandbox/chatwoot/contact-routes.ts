import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Reply, Routes } from '../wire/router.ts';
import { CRASHED, NOT_FOUND, signed, unprocessable } from './authorise.ts';
import { now, type Context } from './context.ts';
import type { ContactRow } from './rows.ts';

const newContact = z.object({
  name: z.string().max(255).nullish(),
  phone_number: z.string().max(40).nullish(),
  email: z.string().max(255).nullish(),
  identifier: z.string().max(255).nullish(),
  inbox_id: z.coerce.number().int().nullish(),
  source_id: z.string().max(255).nullish(),
  additional_attributes: z.record(z.string(), z.unknown()).nullish(),
  custom_attributes: z.record(z.string(), z.unknown()).nullish(),
});

const filterBody = z.object({
  payload: z
    .array(
      z.object({
        attribute_key: z.string(),
        filter_operator: z.string(),
        values: z.array(z.union([z.string(), z.number()])).min(1),
        query_operator: z.string().nullish(),
      }),
    )
    .min(1)
    .max(50),
});

type Condition = z.output<typeof filterBody>['payload'][number];

const MOST_PER_PAGE = 15;
const MOST_CONVERSATIONS = 20;

export function contactRoutes(context: Context): Routes {
  const { world, show } = context;
  const account = '/api/v1/accounts/:account';

  return {
    [`POST ${account}/contacts`]: signed(context, async (call, { account: { id: accountId } }) => {
      const body = newContact.safeParse(await call.json());
      if (!body.success) return unprocessable('param is missing or the value is empty');
      const { name, phone_number: phone, identifier, email, inbox_id: inboxId, source_id: offeredSource } = body.data;
      if (context.faults.failsFor(phone, identifier, offeredSource)) return CRASHED;
      const inbox = inboxId ? world.inboxes.get(inboxId) : undefined;
      if (inboxId && inbox?.accountId !== accountId) return NOT_FOUND;
      const invalid = whatIsTaken(context, accountId, { phone, identifier, email });
      if (invalid !== null) return invalid;
      const sourceId = offeredSource || randomUUID();
      // The unique index refuses it and nobody catches that; the transaction leaves no contact behind.
      if (inbox !== undefined && world.contactInboxBySource(inbox.id, sourceId) !== undefined) return CRASHED;

      const at = now(context);
      const contact = world.addContact({
        accountId,
        name: name ?? '',
        phone: phone || null,
        email: email || null,
        identifier: identifier || null,
        additionalAttributes: body.data.additional_attributes ?? {},
        customAttributes: body.data.custom_attributes ?? {},
        createdAt: at,
        lastActivityAt: null,
      });
      const contactInbox =
        inbox === undefined ? null : world.addContactInbox({ contactId: contact.id, inboxId: inbox.id, sourceId, createdAt: at });
      context.journal.append({
        at,
        kind: 'contact',
        account: accountId,
        id: contact.id,
        ref: contactInbox?.sourceId ?? null,
        note: contact.phone ?? '',
      });
      return {
        status: 200,
        json: {
          payload: {
            contact: show.contact(contact),
            contact_inbox:
              contactInbox === null
                ? { inbox: null, source_id: null }
                : { inbox: { id: contactInbox.inboxId, name: inbox?.name ?? '' }, source_id: contactInbox.sourceId },
          },
        },
      };
    }),

    [`GET ${account}/contacts/:contact`]: signed(context, (call, { account: { id: accountId } }) => {
      const contact = world.contacts.get(Number(call.params['contact']));
      return contact?.accountId === accountId ? { status: 200, json: { payload: show.contact(contact) } } : NOT_FOUND;
    }),

    [`POST ${account}/contact_inboxes/filter`]: signed(context, async (call, { account: { id: accountId } }) => {
      const body = z.object({ inbox_id: z.coerce.number(), source_id: z.string() }).safeParse(await call.json());
      if (!body.success) return NOT_FOUND;
      const inbox = world.inboxes.get(body.data.inbox_id);
      const row = inbox?.accountId === accountId ? world.contactInboxBySource(inbox.id, body.data.source_id) : undefined;
      const contact = row === undefined ? undefined : world.contacts.get(row.contactId);
      return contact === undefined ? NOT_FOUND : { status: 200, json: show.contact(contact) };
    }),

    [`POST ${account}/contacts/filter`]: signed(context, async (call, { account: { id: accountId } }) => {
      const body = filterBody.safeParse(await call.json());
      if (!body.success) return unprocessable('Invalid filter payload');
      const { payload } = body.data;
      if (payload.at(-1)?.query_operator) return unprocessable('Invalid query operator');
      const found = findByConditions(context, accountId, payload);
      const page = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
      return {
        status: 200,
        json: {
          meta: { count: found.length, current_page: String(page) },
          payload: found.slice((page - 1) * MOST_PER_PAGE, page * MOST_PER_PAGE).map((contact) => show.contact(contact)),
        },
      };
    }),

    [`GET ${account}/contacts/:contact/conversations`]: signed(context, (call, { account: { id: accountId } }) => {
      const contact = world.contacts.get(Number(call.params['contact']));
      if (contact?.accountId !== accountId) return NOT_FOUND;
      const newest = world
        .conversationsWith(contact.id)
        .toSorted((a, b) => b.lastActivityAt - a.lastActivityAt)
        .slice(0, MOST_CONVERSATIONS);
      return { status: 200, json: { payload: newest.map((conversation) => show.conversation(conversation)) } };
    }),
  };
}

function whatIsTaken(
  context: Context,
  accountId: number,
  {
    phone,
    identifier,
    email,
  }: {
    readonly phone: string | null | undefined;
    readonly identifier: string | null | undefined;
    readonly email: string | null | undefined;
  },
): Reply | null {
  const { world } = context;
  const invalid = (message: string, attribute: string): Reply => ({ status: 422, json: { message, attributes: [attribute] } });
  if (phone && !/^\+[1-9]\d{1,14}$/.test(phone)) return invalid('Phone number should be in e164 format', 'phone_number');
  if (phone && world.contactBy(accountId, 'phone', phone) !== undefined)
    return invalid('Phone number has already been taken', 'phone_number');
  if (identifier && world.contactBy(accountId, 'identifier', identifier) !== undefined)
    return invalid('Identifier has already been taken', 'identifier');
  if (email && world.contactBy(accountId, 'email', email) !== undefined) return invalid('Email has already been taken', 'email');
  return null;
}

/** Chatwoot reads the first value only, and puts the plus sign before a phone whether or not it is there. */
function findByConditions(context: Context, accountId: number, conditions: readonly Condition[]): readonly ContactRow[] {
  const valueOf = (condition: Condition): string => String(condition.values[0] ?? '');
  const matchers = conditions.map((condition) => {
    const value =
      condition.attribute_key === 'phone_number' ? `+${valueOf(condition).replaceAll('+', '')}` : valueOf(condition).toLowerCase();
    return { key: condition.attribute_key, value, equal: condition.filter_operator === 'equal_to', next: condition.query_operator };
  });
  if (matchers.every((matcher) => matcher.equal && (matcher.next ?? 'OR').toUpperCase() === 'OR')) {
    return unique(
      matchers.flatMap(({ key, value }) => {
        const field = key === 'phone_number' ? 'phone' : key === 'identifier' ? 'identifier' : key === 'email' ? 'email' : null;
        const contact = field === null ? undefined : context.world.contactBy(accountId, field, value);
        return contact === undefined ? [] : [contact];
      }),
    );
  }
  return [];
}

function unique(contacts: readonly ContactRow[]): readonly ContactRow[] {
  return [...new Set(contacts)];
}
