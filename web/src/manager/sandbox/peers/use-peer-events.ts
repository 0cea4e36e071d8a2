import { useEffect, useState } from 'react';
import { useVisible } from '../../../ui/use-visible.ts';
import type { Peer } from './peer.ts';

interface PeerListener {
  readonly onEvent: (type: string, data: unknown) => void;
  /** Load what was missed. */
  readonly onOpen: () => void;
  /** The key is no longer good: the Hub was started anew. */
  readonly onRefused: () => void;
}

/** Follows a peer while the tab is on screen: a browser keeps six connections to one host, and hidden tabs would hold them. */
export function usePeerEvents(peer: Peer, { onEvent, onOpen, onRefused }: PeerListener): boolean {
  const visible = useVisible();
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (!visible) return;
    const ending = new AbortController();
    void peer.follow(
      {
        onOpen: () => {
          setLive(true);
          onOpen();
        },
        onEvent: ({ type, data }) => onEvent(type, JSON.parse(data)),
        onGone: (how) => {
          setLive(false);
          if (how === 'refused') onRefused();
        },
      },
      ending.signal,
    );
    return () => ending.abort();
  }, [peer, onEvent, onOpen, onRefused, visible]);
  return live;
}
