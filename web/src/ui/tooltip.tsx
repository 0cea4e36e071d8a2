import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

const DELAY_MS = 350;
const GAP = 6;

/**
 * A few words beside what the pointer or the focus is on. `children` is one element that is named by itself: the words are
 * for eyes only. In the browser's top layer, so that nothing cuts it off.
 */
export function Tooltip({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  const tip = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const show = (anchor: Element | null): void => {
    if (anchor === null || tip.current === null || !anchor.isConnected) return;
    tip.current.showPopover();
    place(tip.current, anchor.getBoundingClientRect());
  };
  const showSoon = (anchor: Element | null): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => show(anchor), DELAY_MS);
  };
  const hide = (): void => {
    clearTimeout(timer.current);
    tip.current?.hidePopover();
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <span
      className="contents"
      onPointerEnter={(event) => event.pointerType === 'mouse' && showSoon(event.currentTarget.firstElementChild)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && show(event.target)}
      onBlur={hide}
      onKeyDown={(event) => event.key === 'Escape' && hide()}
    >
      {children}
      <span
        ref={tip}
        popover="manual"
        aria-hidden
        className="pointer-events-none fixed m-0 w-max max-w-64 rounded-md bg-black px-2 py-1 text-xs leading-4 text-white shadow-lg"
      >
        {text}
      </span>
    </span>
  );
}

/** Above the anchor, or below where there is no room; never outside the window. */
function place(tip: HTMLElement, anchor: DOMRect): void {
  const { width, height } = tip.getBoundingClientRect();
  const left = anchor.left + anchor.width / 2 - width / 2;
  const above = anchor.top - height - GAP;
  tip.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
  tip.style.top = `${above < GAP ? anchor.bottom + GAP : above}px`;
}
