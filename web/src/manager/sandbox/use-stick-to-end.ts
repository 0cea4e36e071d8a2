import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

/** Closer to the end than this, in pixels, counts as reading the newest. */
const NEAR = 120;

/** Keeps the newest in sight while things are added or grow, unless the reader has scrolled up. Starts at the end of each chat. */
export function useStickToEnd(chat: string | number): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let atEnd = true;
    const toEnd = (): void => {
      if (atEnd) element.scrollTop = element.scrollHeight;
    };
    const note = (): void => {
      atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    };
    const sizes = new ResizeObserver(toEnd);
    const watchSizes = (): void => {
      sizes.disconnect();
      for (const part of [element, ...element.children]) sizes.observe(part);
      toEnd();
    };
    // The list replaces its skeleton; a size observer sees only what it was given.
    const parts = new MutationObserver(watchSizes);
    parts.observe(element, { childList: true });
    watchSizes();
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      sizes.disconnect();
      parts.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, [chat]);
  return box;
}
