import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';

interface DialogProps {
  readonly title: string;
  readonly description: string;
  readonly open: boolean;
  /** Escape, the backdrop, or a button of the content. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The browser's own dialog: it traps focus and gives it back, and needs no style element. */
export function Dialog({ title, description, open, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open) element.current?.showModal();
    else element.current?.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-description`}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
      className="m-auto w-[calc(100%-2rem)] max-w-md rounded-xl bg-n-alpha-3 text-n-slate-12 shadow-xl backdrop-blur-[100px] outline-1 outline-n-container backdrop:bg-n-black-1 backdrop:backdrop-blur-xs"
    >
      {open && (
        <div className="flex flex-col gap-5 p-6">
          <div className="flex flex-col gap-1">
            <h2 id={`${id}-title`} className="heading-1">
              {title}
            </h2>
            <p id={`${id}-description`} className="text-n-slate-11">
              {description}
            </p>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
