import { z } from 'zod';
import type { Reply, Routes } from '../wire/router.ts';
import { membershipsOf, NOT_FOUND, signed, unprocessable } from './authorise.ts';
import type { Context } from './context.ts';
import { now } from './context.ts';
import type { InboxRow } from './rows.ts';
import { newSecret } from './world.ts';

const changeBody = z.object({
  name: z.string().max(255).optional(),
  lock_to_single_conversation: z.boolean().optional(),
  channel: z
    .object({
      type: z.string().optional(),
      webhook_url: z.string().max(2_048).nullish(),
      additional_attributes: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});

export function inboxRoutes(context: Context): Routes {
  const { world, show } = context;
  const account = '/api/v1/accounts/:account';

  const inboxOf = (accountId: number, id: string | undefined): InboxRow | null => {
    const inbox = world.inboxes.get(Number(id));
    return inbox === undefined || inbox.accountId !== accountId ? null : inbox;
  };

  return {
    'GET /api/v1/profile': (call): Reply => {
      const found = membershipsOf(context, call);
      if ('refused' in found) return found.refused;
      const { memberships } = found;
      const [{ account: first, member }] = memberships;
      return {
        status: 200,
        json: {
          account_id: first.id,
          available_name: member.name,
          avatar_url: '',
          confirmed: true,
          display_name: null,
          email: `user${member.userId}@sandbox.example`,
          id: member.userId,
          name: member.name,
          provider: 'email',
          role: member.role,
          ui_settings: {},
          uid: `user${member.userId}@sandbox.example`,
          type: null,
          accounts: memberships.map((membership) => ({
            id: membership.account.id,
            name: membership.account.name,
            status: 'active',
            active_at: null,
            role: membership.member.role,
            permissions: [membership.member.role],
            availability: 'online',
            availability_status: 'online',
            auto_offline: true,
          })),
        },
      };
    },

    [`GET ${account}/inboxes`]: signed(context, (_call, { account: { id }, member }) => ({
      status: 200,
      json: {
        payload: [...world.inboxes.rows.values()].filter((inbox) => inbox.accountId === id).map((inbox) => show.inbox(inbox, member)),
      },
    })),

    [`POST ${account}/inboxes`]: signed(
      context,
      async (call, { account: { id }, member }) => {
        const body = changeBody.safeParse(await call.json());
        if (!body.success) return unprocessable('param is missing or the value is empty');
        const { name, channel } = body.data;
        if (!name) return { status: 422, json: { message: "Name can't be blank", attributes: ['name'] } };
        if (channel?.type !== 'api') return unprocessable('This sandbox has API inboxes only');
        const inbox = world.addInbox({
          accountId: id,
          name,
          webhookUrl: channel.webhook_url ?? null,
          lockToSingleConversation: body.data.lock_to_single_conversation ?? false,
          additionalAttributes: channel.additional_attributes ?? {},
        });
        context.journal.append({ at: now(context), kind: 'inbox', account: id, id: inbox.id });
        return { status: 200, json: show.inbox(inbox, member) };
      },
      'administrator',
    ),

    [`GET ${account}/inboxes/:inbox`]: signed(context, (call, { account: { id }, member }) => {
      const inbox = inboxOf(id, call.params['inbox']);
      return inbox === null ? NOT_FOUND : { status: 200, json: show.inbox(inbox, member) };
    }),

    [`PATCH ${account}/inboxes/:inbox`]: signed(
      context,
      async (call, { account: { id }, member }) => {
        const inbox = inboxOf(id, call.params['inbox']);
        if (inbox === null) return NOT_FOUND;
        const body = changeBody.safeParse(await call.json());
        if (!body.success) return unprocessable('param is missing or the value is empty');
        const { name, channel, lock_to_single_conversation: lock } = body.data;
        if (name !== undefined) inbox.name = name;
        if (lock !== undefined) inbox.lockToSingleConversation = lock;
        if (channel?.webhook_url !== undefined) inbox.webhookUrl = channel.webhook_url;
        // Replaced as a whole, as the real one does.
        if (channel?.additional_attributes !== undefined) inbox.additionalAttributes = channel.additional_attributes;
        world.inboxes.put(inbox.id, inbox);
        return { status: 200, json: show.inbox(inbox, member) };
      },
      'administrator',
    ),

    [`DELETE ${account}/inboxes/:inbox`]: signed(
      context,
      (call, { account: { id } }) => {
        const inbox = inboxOf(id, call.params['inbox']);
        if (inbox === null) return NOT_FOUND;
        world.inboxes.remove(inbox.id);
        return { status: 200, json: { message: 'Your inbox deletion request will be processed in some time.' } };
      },
      'administrator',
    ),

    [`POST ${account}/inboxes/:inbox/reset_secret`]: signed(
      context,
      (call, { account: { id }, member }) => {
        const inbox = inboxOf(id, call.params['inbox']);
        if (inbox === null) return NOT_FOUND;
        inbox.secret = newSecret();
        world.inboxes.put(inbox.id, inbox);
        return { status: 200, json: show.inbox(inbox, member) };
      },
      'administrator',
    ),
  };
}
