import { Ban, Reply } from 'lucide-react';
import { useLanguage } from '../../../language/language.tsx';
import { classes } from '../../../ui/classes.ts';
import { PeerFile } from '../files/peer-file.tsx';
import type { PhoneMessage } from '../peers/phone.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { Tick } from '../tick.tsx';
import type { TickState } from '../tick.tsx';

interface PhoneBubbleProps {
  readonly message: PhoneMessage;
  readonly quoted: PhoneMessage | undefined;
  /** Null on what the company sent. */
  readonly tick: TickState | null;
  readonly onQuote: () => void;
}

export function PhoneBubble({ message, quoted, tick, onQuote }: PhoneBubbleProps) {
  const { t, format } = useLanguage();
  const mine = !message.fromMe;
  const reactions = Object.values(message.reactions ?? {}).filter((emoji) => emoji !== '');
  return (
    <li
      className={classes(
        'group flex max-w-full animate-arrive items-center gap-1',
        mine ? 'flex-row-reverse self-end ps-8' : 'self-start pe-8',
      )}
    >
      <div
        className={classes(
          'relative min-w-20 rounded-xl px-2.5 pt-1.5 pb-1 shadow-xs',
          mine ? 'rounded-tr-sm bg-phone-mine' : 'rounded-tl-sm bg-phone-theirs',
          reactions.length > 0 && 'mb-3',
        )}
      >
        {quoted !== undefined && <Quote message={quoted} />}
        {message.removed === true ? (
          <p className="flex items-center gap-1.5 text-n-slate-11 italic">
            <Ban aria-hidden className="size-3.5" />
            {t('phone.removed')}
          </p>
        ) : (
          <Content message={message} />
        )}
        <p className="flex items-center justify-end gap-1 text-[11px] leading-4 text-n-slate-11 tabular-nums">
          {message.edited === true && <span>{t('phone.edited')}</span>}
          <time dateTime={new Date(message.at).toISOString()}>{format.clock(message.at)}</time>
          {tick !== null && <Tick state={tick} />}
        </p>
        {reactions.length > 0 && (
          <span className="absolute -bottom-3 left-2 rounded-full bg-phone-theirs px-1.5 text-sm leading-5 shadow-sm">
            {reactions.join('')}
          </span>
        )}
      </div>
      <button
        type="button"
        aria-label={t('phone.reply')}
        title={t('phone.reply')}
        onClick={onQuote}
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-full text-n-slate-11 opacity-0 group-hover:opacity-100 hover:bg-n-alpha-2 focus-visible:opacity-100 pointer-coarse:opacity-60"
      >
        <Reply aria-hidden className="size-4" />
      </button>
    </li>
  );
}

function Content({ message }: { readonly message: PhoneMessage }) {
  const { phone } = useSandbox();
  const { media, kind, text } = message;
  return (
    <>
      {media !== undefined && (
        <div className="my-0.5">
          <PeerFile
            peer={phone.peer}
            path={`/instances/${phone.instance}/media/${media.id}`}
            look={kind === 'image' || kind === 'sticker' ? 'image' : kind === 'voice' || kind === 'audio' ? 'voice' : 'document'}
            name={media.fileName}
            sizeBytes={media.sizeBytes}
          />
        </div>
      )}
      {text !== undefined && text !== '' && <p className="break-words whitespace-pre-wrap">{text}</p>}
    </>
  );
}

function Quote({ message }: { readonly message: PhoneMessage }) {
  const { t } = useLanguage();
  return (
    <div className="mb-1 max-w-60 rounded-lg border-s-3 border-n-teal-9 bg-n-black-2 px-2 py-1 text-[13px] leading-5">
      <span className="block text-xs font-medium text-n-teal-11">{message.fromMe ? t('phone.company') : t('phone.you')}</span>
      <span className="line-clamp-2">{message.text ?? message.media?.fileName ?? ''}</span>
    </div>
  );
}
