import type { Call, Handler, Reply } from '../wire/router.ts';
import type { Context } from './context.ts';
import type { AccountRow, ConversationRow, MemberRow } from './rows.ts';

export interface Signed {
  readonly account: AccountRow;
  readonly member: MemberRow;
}

export const NOT_FOUND: Reply = { status: 404, json: { error: 'Resource could not be found' } };
const NO_TOKEN: Reply = { status: 401, json: { errors: ['You need to sign in or sign up before continuing.'] } };
const BAD_TOKEN: Reply = { status: 401, json: { error: 'Invalid Access Token' } };
const NOT_A_MEMBER: Reply = { status: 401, json: { error: 'You are not authorized to access this account' } };
const NOT_PERMITTED: Reply = { status: 401, json: { error: 'You are not authorized to do this action' } };

export const unprocessable = (error: string): Reply => ({ status: 422, json: { error } });
/** What Rails answers for an exception nobody caught. */
export const CRASHED: Reply = { status: 500, json: { status: 500, error: 'Internal Server Error' } };

/** Rack reads both spellings of the header as one. */
function tokenOf(call: Call): string | null {
  const offered = call.headers['api-access-token'] ?? call.headers['api_access_token'];
  return typeof offered === 'string' && offered !== '' ? offered : null;
}

export function membershipsOf(
  context: Context,
  call: Call,
): { readonly memberships: readonly [Signed, ...Signed[]] } | { readonly refused: Reply } {
  const token = tokenOf(call);
  if (token === null) return { refused: NO_TOKEN };
  const found: Signed[] = [];
  for (const account of context.world.accounts.rows.values()) {
    const member = account.members.find((candidate) => candidate.token === token);
    if (member !== undefined) found.push({ account, member });
  }
  const [first, ...others] = found;
  return first === undefined ? { refused: BAD_TOKEN } : { memberships: [first, ...others] };
}

export type SignedHandler = (call: Call, signed: Signed) => Reply | Promise<Reply>;

/** For addresses below `/accounts/:account`. */
export function signed(context: Context, handler: SignedHandler, needs: 'member' | 'administrator' = 'member'): Handler {
  return (call) => {
    const found = membershipsOf(context, call);
    if ('refused' in found) return found.refused;
    const id = Number(call.params['account']);
    const here = found.memberships.find((membership) => membership.account.id === id);
    if (here === undefined) return context.world.accounts.get(id) === undefined ? NOT_FOUND : NOT_A_MEMBER;
    if (needs === 'administrator' && here.member.role !== 'administrator') return NOT_PERMITTED;
    return handler(call, here);
  };
}

export type ConversationHandler = (call: Call, conversation: ConversationRow, member: MemberRow) => Reply | Promise<Reply>;

/** For addresses below `/accounts/:account/conversations/:conversation`. */
export function inConversation(context: Context, handler: ConversationHandler): Handler {
  return signed(context, (call, { account, member }) => {
    const conversation = context.world.conversation(account.id, Number(call.params['conversation']));
    return conversation === undefined ? NOT_FOUND : handler(call, conversation, member);
  });
}
