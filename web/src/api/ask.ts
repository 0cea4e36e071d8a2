import { queryOptions } from '@tanstack/react-query';
import type { Client } from './client.ts';

interface Answering<Input, Output> {
  readonly query: (input: Input, options?: { readonly signal?: AbortSignal }) => Promise<Output>;
}

/** Options for `useQuery`, typed by the procedure: `ask(client, (hub) => hub.messages.list, { accountId })`. */
export function ask<Input, Output>(client: Client, pick: (client: Client) => Answering<Input, Output>, input: Input) {
  return queryOptions({
    queryKey: ['hub', pathOf(pick), input] as const,
    queryFn: ({ signal }) => pick(client).query(input, { signal }),
  });
}

/** The names that `pick` walks through, such as `messages.list`. */
function pathOf<Input, Output>(pick: (client: Client) => Answering<Input, Output>): string {
  const names: string[] = [];
  const step: object = new Proxy(Function.prototype, {
    get(_target, name) {
      names.push(String(name));
      return step;
    },
  });
  pick(step as Client);
  return names.join('.');
}
