import { newId } from '#platform/ids';
import { recordAudit } from '#modules/audit';
import { Secret } from '#platform/crypto';
import { AppError } from '#platform/trpc';
import { chatwootErrors } from '@whatpro/sdk/contract';
import type { ChatwootLink, CreateChatwootLink } from '@whatpro/sdk/contract';
import { toLink } from './inbox.repository.ts';
import { linkTokenAt, openChatwoot, refusal } from './tools.ts';
import type { InboxesContext } from './tools.ts';

/** Ties the account to one Chatwoot account, once the token proved to be an administrator's there. */
export async function linkChatwoot(context: InboxesContext, input: CreateChatwootLink): Promise<ChatwootLink> {
  const accountId = context.account.id;
  const token = new Secret(input.token);
  const profile = await openChatwoot(context.tools, input, token).profile();
  if (!profile.ok) throw refusal(profile.failure);
  const chatwootAccount = profile.value.accounts.find((account) => account.id === input.chatwootAccountId);
  if (chatwootAccount?.role !== 'administrator') throw new AppError(chatwootErrors['not-administrator']);

  const id = newId();
  return context.database.run(async (database) => {
    const same = { baseUrl: input.baseUrl, chatwootAccountId: input.chatwootAccountId };
    if (await database.chatwootLink.findFirst({ where: same, select: { id: true } })) throw new AppError(chatwootErrors['already-linked']);
    const row = await database.chatwootLink.create({
      data: {
        id,
        accountId,
        ...same,
        name: chatwootAccount.name.slice(0, 80),
        token: context.tools.keys.seal(linkTokenAt(accountId, id), token),
        secretHint: token.lastFour(),
        health: 'ok',
        checkedAt: new Date(),
      },
    });
    const link = toLink(row);
    await recordAudit(database, context, { action: 'chatwoot.linked', subjectType: 'chatwoot-link', subjectId: id, after: link });
    return link;
  });
}
