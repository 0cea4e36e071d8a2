import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Message } from '@whatpro/sdk/contract';
import { ask } from '../../../api/ask.ts';
import { changeShown, withRow } from '../../../api/change-shown.ts';
import { useHub } from '../../../api/hub.tsx';
import { useVisible } from '../../../ui/use-visible.ts';
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
  const live = useWatch(accountId, onMessage, reload);

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

/** Follows the account while the tab is on screen. The Hub ends a stream after some minutes; it is opened again. */
function useWatch(accountId: string, onMessage: (message: Message) => void, onOpen: () => void): boolean {
  const { client } = useHub();
  const visible = useVisible();
  const [live, setLive] = useState(false);
  const listener = useRef({ onMessage, onOpen });
  useEffect(() => {
    listener.current = { onMessage, onOpen };
  });
  useEffect(() => {
    if (!visible) return;
    let over = false;
    let again: ReturnType<typeof setTimeout> | undefined;
    let watching = watch();

    function watch() {
      return client.messages.watch.subscribe(
        { accountId },
        {
          onStarted: () => {
            setLive(true);
            listener.current.onOpen();
          },
          onData: ({ data }) => listener.current.onMessage(data),
          onConnectionStateChange: ({ state }) => setLive(state === 'pending'),
          onError: watchAgain,
          onComplete: watchAgain,
        },
      );
    }

    function watchAgain(): void {
      if (over) return;
      setLive(false);
      clearTimeout(again);
      again = setTimeout(() => {
        watching = watch();
      }, AGAIN_MS);
    }

    return () => {
      over = true;
      clearTimeout(again);
      watching.unsubscribe();
    };
  }, [client, accountId, visible]);
  return live;
}
