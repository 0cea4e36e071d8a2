import { succeeded, type Attempt } from '#platform/outcome';
import { contactAnswer, contactListAnswer, newContactAnswer } from './answer-schemas.ts';
import type { CallChatwoot } from './call-chatwoot.ts';
import type { ChatwootClient, ChatwootContact } from './chatwoot-client.ts';

type ContactCalls = Pick<ChatwootClient, 'createContact' | 'findContactBySourceId' | 'findContacts'>;

export function contactCalls(call: CallChatwoot, account: string): ContactCalls {
  async function findContactBySourceId(inboxId: number, sourceId: string): Promise<Attempt<ChatwootContact | null>> {
    const answer = await call({
      method: 'POST',
      path: `${account}/contact_inboxes/filter`,
      body: { json: { inbox_id: inboxId, source_id: sourceId } },
      effect: 'repeatable',
      schema: contactAnswer,
    });
    return !answer.ok && answer.failure.kind === 'not-found' ? succeeded(null) : answer;
  }

  return {
    findContactBySourceId,

    async createContact({ inboxId, sourceId, name, phone, identifier }) {
      const answer = await call({
        method: 'POST',
        path: `${account}/contacts`,
        body: {
          json: {
            inbox_id: inboxId,
            source_id: sourceId,
            name,
            ...(phone === null ? {} : { phone_number: phone }),
            ...(identifier === null ? {} : { identifier }),
          },
        },
        effect: 'creates',
        schema: newContactAnswer,
      });
      if (answer.ok) return succeeded({ created: answer.value });
      const { failure } = answer;
      if (failure.kind === 'rejected' && /taken|unique|exists|duplicate/i.test(failure.detail)) return succeeded({ taken: true });
      // A source id that another contact holds breaks a unique index that Chatwoot does not catch here: a bare 500.
      if (failure.kind !== 'unavailable' || failure.scope !== 'message') return answer;
      const holder = await findContactBySourceId(inboxId, sourceId);
      return holder.ok && holder.value !== null ? succeeded({ taken: true }) : answer;
    },

    async findContacts({ phones, identifier }) {
      const conditions = [
        // Chatwoot puts the plus sign there itself, reads only the first value, and wants one entry per value.
        ...phones.map((phone) => ({ attribute_key: 'phone_number', value: phone.replace(/^\+/, '') })),
        ...(identifier === null ? [] : [{ attribute_key: 'identifier', value: identifier }]),
      ];
      if (conditions.length === 0) return succeeded([]);
      const answer = await call({
        method: 'POST',
        path: `${account}/contacts/filter`,
        body: {
          json: {
            payload: conditions.map(({ attribute_key, value }, index) => ({
              attribute_key,
              filter_operator: 'equal_to',
              values: [value],
              query_operator: index === conditions.length - 1 ? null : 'OR',
            })),
          },
        },
        effect: 'repeatable',
        schema: contactListAnswer,
      });
      return answer.ok ? succeeded(answer.value.payload) : answer;
    },
  };
}
