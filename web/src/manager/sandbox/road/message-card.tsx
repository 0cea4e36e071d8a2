import {
  ArrowLeft,
  ArrowRight,
  ChevronDown,
  FileText,
  ImageIcon,
  MessageSquareText,
  Mic,
  RotateCcw,
  Smartphone,
  StickyNote,
  Video,
} from 'lucide-react';
import { useState } from 'react';
import type { Message } from '@whatpro/sdk/contract';
import { useLanguage } from '../../../language/language.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { Timeline } from '../../../ui/timeline.tsx';
import { MessageDetails } from './message-details.tsx';
import { Waiting } from './waiting.tsx';
import { contactName, failureSentence, kindName } from './message-words.ts';
import { roadSteps } from './road-steps.ts';
import type { Sightings } from './road-steps.ts';

const KIND_ICONS: Readonly<Record<string, typeof Mic>> = {
  text: MessageSquareText,
  image: ImageIcon,
  video: Video,
  audio: Mic,
  voice: Mic,
  document: FileText,
  file: FileText,
  sticker: StickyNote,
};

interface MessageCardProps {
  readonly message: Message;
  readonly seen: Sightings | undefined;
  readonly onReplay: () => void;
  readonly replaying: boolean;
}

export function MessageCard({ message, seen = {}, onReplay, replaying }: MessageCardProps) {
  const language = useLanguage();
  const { t, format } = language;
  const [open, setOpen] = useState(false);
  const name = contactName(language, message);
  const held = message.state === 'pending' && message.cause !== null;
  const way = roadSteps(message, seen);
  const ahead = way.find(({ state }) => state === 'todo');
  const steps = way.map((step) => ({
    key: step.name,
    name: t(`road.step.${step.name}`),
    state: step.state,
    said: t(`road.step.${step.state}`),
    note:
      step.afterMs !== null ? (
        format.duration(step.afterMs)
      ) : message.state === 'pending' && step === ahead ? (
        <Waiting since={message.createdAt} />
      ) : undefined,
  }));
  return (
    <li
      className={classes(
        'flex animate-arrive flex-col gap-3 rounded-xl bg-n-solid-2 p-3 shadow-xs outline-1 transition-colors',
        message.state === 'dead' ? 'outline-n-ruby-9/40' : held ? 'outline-n-amber-9/60' : 'outline-n-container',
      )}
    >
      <CardHead message={message} name={name} />
      <Timeline label={t('road.timeline', { name })} steps={steps} held={held} />
      <Cause message={message} onReplay={onReplay} replaying={replaying} />
      <div className="-mx-1 -mb-1">
        <button
          type="button"
          aria-expanded={open}
          aria-label={t('road.details.of', { name })}
          onClick={() => setOpen(!open)}
          className="label-small inline-flex h-6 items-center gap-1 rounded-md px-1 text-n-slate-11 hover:bg-n-alpha-2 hover:text-n-slate-12"
        >
          <ChevronDown aria-hidden className={classes('size-3.5 transition-transform', open && 'rotate-180')} />
          {t('road.details')}
        </button>
        {open && <MessageDetails message={message} />}
      </div>
    </li>
  );
}

function CardHead({ message, name }: { readonly message: Message; readonly name: string }) {
  const language = useLanguage();
  const { t, format } = language;
  const inbound = message.direction === 'inbound';
  const Way = message.origin === 'own-device' ? Smartphone : inbound ? ArrowRight : ArrowLeft;
  const Kind = KIND_ICONS[message.kind] ?? MessageSquareText;
  const way = message.origin === 'own-device' ? t('road.own-device') : inbound ? t('road.inbound') : t('road.outbound');
  return (
    <div className="flex items-start gap-2.5">
      <span
        aria-hidden
        className={classes(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-lg',
          inbound ? 'bg-n-teal-3 text-n-teal-11' : 'bg-n-blue-3 text-n-blue-11',
        )}
      >
        <Way className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <span className="truncate font-medium">{name}</span>
          <time
            dateTime={message.createdAt.toISOString()}
            title={format.dateTime(message.createdAt)}
            className="label-small ms-auto shrink-0 text-n-slate-11 tabular-nums"
          >
            {format.time(message.createdAt)}
          </time>
        </p>
        <p className="flex items-center gap-1.5 text-[13px] leading-5 text-n-slate-11">
          <Kind aria-hidden className="size-3.5 shrink-0" />
          <span className="truncate">{withoutLabel(message.preview) || kindName(language, message)}</span>
        </p>
        <span className="sr-only">
          {way}, {kindName(language, message)}
        </span>
      </div>
    </div>
  );
}

/** The Hub puts the kind in front of a preview, as in `[image] hello`; the icon says it already. */
const withoutLabel = (preview: string): string => preview.replace(/^\[[a-z-]+\]\s*/, '');

function Cause({ message, onReplay, replaying }: Omit<MessageCardProps, 'seen'>) {
  const language = useLanguage();
  const { t } = language;
  const { cause, state } = message;
  if (cause === null || state === 'delivered') return null;
  const sentence = failureSentence(language, message.direction, cause.kind);
  if (state === 'pending') return <Banner tone="amber">{t('road.cause.retry', { sentence })}</Banner>;
  return (
    <Banner
      tone="ruby"
      actions={
        <Button size="sm" look="ruby" busy={replaying} icon={<RotateCcw aria-hidden className="size-3.5" />} onClick={onReplay}>
          {t('road.replay')}
        </Button>
      }
    >
      {t('road.cause.dead', { sentence })}
    </Banner>
  );
}
