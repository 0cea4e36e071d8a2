import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { Message } from '@whatpro/sdk/contract';
import { ask } from '../../../api/ask.ts';
import { changeShown, withRow } from '../../../api/change-shown.ts';
import type { Client } from '../../../api/client.ts';
import { useHub } from '../../../api/hub.tsx';
import type { OpenStream } from '../../../api/shared-stream.ts';
import { useSharedStream } from '../../../api/use-shared-stream.ts';
import { sight } from './road-steps.ts';
import type { Sightings } from './road-steps.ts';

const SHOWN = 30;
const SHOWN_AT_MOST = 100;
const SUMMARY_PAUSE_MS = 250;
const AGAIN_MS = 1_000;

interface Page {
  readonly items: Message[];
  readonly nextCursor: string | null;
}

export interface RoadState {
  /** Newest first; undefined while they load. */
  readonly messages: readonly Message[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
  readonly seen: ReadonlyMap<string, Sightings>;
  readonly summary: { readonly pending: number; readonly dead: number; readonly oldestPendingMs: number | null } | undefined;
  readonly live: boolean;
  /** Null when all are shown, or as many as can be. */
  readonly showMore: (() => void) | null;
}

/** The messages of an account as they change. */
export function useRoad(accountId: string): RoadState {
  const { client } = useHub();
  const queries = useQueryClient();
  const [limit, setLimit] = useState(SHOWN);
  const asked = useMemo(() => ask(client, (hub) => hub.messages.list, { accountId, limit }), [client, accountId, limit]);
  const counts = useMemo(() => ask(client, (hub) => hub.messages.summary, { accountId }), [client, accountId]);
  const list = useQuery({ ...asked, staleTime: Infinity, placeholderData: (before) => before });
  const summary = useQuery(counts);
  const [seen, setSeen] = useState<ReadonlyMap<string, Sightings>>(() => new Map());

  const counting = useRef<ReturnType<typeof setTimeout> | null>(null);
  const onMessage = (message: Message): void => {
    const known = queries.getQueryData(asked.queryKey)?.items;
    const before = known?.find(({ id }) => id === message.id);
    setSeen((all) => new Map(all).set(message.id, sight(all.get(message.id) ?? {}, before, message, Date.now())));
    changeShown<Page>(queries, asked.queryKey, (page) => ({
      ...page,
      items: [...withRow(page.items, message, (a, b) => (a.id < b.id ? 1 : -1))],
    }));
    counting.current ??= setTimeout(() => {
      counting.current = null;
      void queries.invalidateQueries({ queryKey: counts.queryKey });
    }, SUMMARY_PAUSE_MS);
  };
  const reload = (): void => {
    void queries.invalidateQueries({ queryKey: asked.queryKey });
    void queries.invalidateQueries({ queryKey: counts.queryKey });
  };
  const watch = useMemo(() => watchMessages(client, accountId), [client, accountId]);
  const live = useSharedStream(`wph.messages.${accountId}`, watch, { onOpen: reload, onEvent: onMessage });

  return {
    messages: list.data?.items,
    error: list.error,
    reload,
    seen,
    summary: summary.data,
    live,
    showMore: list.data?.nextCursor && limit < SHOWN_AT_MOST ? () => setLimit(SHOWN_AT_MOST) : null,
  };
}

/** The Hub ends a stream after some minutes; it is opened again. */
function watchMessages(client: Client, accountId: string): OpenStream<Message> {
  return (listener, signal) =>
    new Promise((resolve) => {
      let again: ReturnType<typeof setTimeout> | undefined;
      let watching = watch();

      function watch() {
        return client.messages.watch.subscribe(
          { accountId },
          {
            onStarted: listener.onOpen,
            onData: ({ data }) => listener.onEvent(data),
            onConnectionStateChange: ({ state }) => state === 'connecting' && listener.onGone(),
            onError: watchAgain,
            onComplete: watchAgain,
          },
        );
      }

      function watchAgain(): void {
        if (signal.aborted) return;
        listener.onGone();
        clearTimeout(again);
        again = setTimeout(() => {
          watching = watch();
        }, AGAIN_MS);
      }

      signal.addEventListener('abort', () => {
        clearTimeout(again);
        watching.unsubscribe();
        resolve();
      });
    });
}
