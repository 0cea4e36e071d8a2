import { useEffect, useRef, useState } from 'react';
import { useVisible } from '../ui/use-visible.ts';
import { shareStream } from './shared-stream.ts';
import type { OpenStream, StreamListener } from './shared-stream.ts';

/** Follows a stream while the tab is on screen; says whether it is live. `open` is stable; `listener` may be new each time. */
export function useSharedStream<Event>(
  name: string,
  open: OpenStream<Event>,
  listener: Pick<StreamListener<Event>, 'onOpen' | 'onEvent'>,
): boolean {
  const visible = useVisible();
  const [live, setLive] = useState(false);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    if (!visible) return;
    const ending = new AbortController();
    const told: StreamListener<Event> = {
      onOpen() {
        setLive(true);
        latest.current.onOpen();
      },
      onEvent: (event) => latest.current.onEvent(event),
      onGone: () => setLive(false),
    };
    void shareStream(name, open, told, ending.signal).catch(() => setLive(false));
    return () => ending.abort();
  }, [name, open, visible]);
  return live;
}
