import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Mic, Paperclip, SendHorizontal, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { classes } from '../../../ui/classes.ts';
import { useToast } from '../../../ui/toast.tsx';
import { keepOnPhone, typeOnPhone } from '../peers/phone.ts';
import type { PhoneMessage, TypedMessage } from '../peers/phone.ts';
import { readFile } from '../peers/read-file.ts';
import { sampleVoice } from '../samples/sample-voice.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { AttachChoices } from './attach-choices.tsx';

interface PhoneComposerProps {
  readonly quoted: PhoneMessage | undefined;
  /** The quote was used, or is not wanted. */
  readonly onDone: () => void;
}

export function PhoneComposer({ quoted, onDone }: PhoneComposerProps) {
  const { t } = useLanguage();
  const { customer } = useSandbox();
  const [text, setText] = useState('');
  const [attaching, setAttaching] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = useSending();
  useEffect(() => {
    if (quoted !== undefined) field.current?.focus();
  }, [quoted]);

  const quote = quoted === undefined ? {} : { quotedId: quoted.id };
  function submit(event?: FormEvent): void {
    event?.preventDefault();
    const said = text.trim();
    if (said === '') return;
    send({ kind: 'text', text: said, ...quote });
    setText('');
    onDone();
  }
  async function sendFile(kind: TypedMessage['kind'], file: File): Promise<void> {
    const caption = text.trim();
    send({ kind, media: await readFile(file), ...(caption === '' || kind === 'voice' ? {} : { text: caption }), ...quote });
    if (kind !== 'voice') setText('');
    setAttaching(false);
    onDone();
  }

  return (
    <form onSubmit={submit} className="flex shrink-0 flex-col gap-2 bg-n-surface-1 p-2 sm:pb-3">
      {quoted !== undefined && <Quoting quoted={quoted} onCancel={onDone} />}
      {attaching && <AttachChoices onFile={(kind, file) => void sendFile(kind, file)} />}
      <div className="flex items-end gap-1.5">
        <button
          type="button"
          aria-expanded={attaching}
          aria-label={t('phone.attach')}
          title={t('phone.attach')}
          onClick={() => setAttaching(!attaching)}
          className={classes(
            'inline-flex size-10 shrink-0 items-center justify-center rounded-full text-n-slate-11 hover:bg-n-alpha-2',
            attaching && 'bg-n-alpha-2 text-n-slate-12',
          )}
        >
          <Paperclip aria-hidden className="size-4.5" />
        </button>
        <textarea
          ref={field}
          rows={1}
          aria-label={`${t('phone.composer')}: ${customer.name}`}
          placeholder={t('phone.composer')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
          }}
          className="max-h-28 min-h-10 min-w-0 flex-1 resize-none rounded-[1.25rem] bg-n-black-2 px-4 py-2.5 leading-5 outline-1 outline-n-strong [field-sizing:content] placeholder:text-n-slate-10 focus:outline-2 focus:outline-offset-0 focus:outline-n-teal-9"
        />
        {text.trim() === '' ? (
          <RoundButton label={t('phone.attach.voice')} onClick={() => void sampleVoice().then((file) => sendFile('voice', file))}>
            <Mic aria-hidden className="size-4.5" />
          </RoundButton>
        ) : (
          <RoundButton label={t('phone.send')} onClick={() => submit()}>
            <SendHorizontal aria-hidden className="size-4.5" />
          </RoundButton>
        )}
      </div>
    </form>
  );
}

const RoundButton = ({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    onClick={onClick}
    className="inline-flex size-10 shrink-0 items-center justify-center rounded-full bg-n-teal-11 text-white transition-transform hover:brightness-110 active:scale-95 dark:bg-n-teal-9"
  >
    {children}
  </button>
);

function Quoting({ quoted, onCancel }: { readonly quoted: PhoneMessage; readonly onCancel: () => void }) {
  const { t } = useLanguage();
  return (
    <div className="flex items-center gap-2 rounded-lg border-s-3 border-n-teal-9 bg-n-black-2 px-2 py-1">
      <div className="min-w-0 flex-1">
        <p className="label-small font-medium text-n-teal-11">
          {t('phone.replying', { name: quoted.fromMe ? t('phone.company') : t('phone.you') })}
        </p>
        <p className="truncate text-[13px] leading-5">{quoted.text ?? quoted.media?.fileName ?? ''}</p>
      </div>
      <button
        type="button"
        aria-label={t('phone.reply.cancel')}
        onClick={onCancel}
        className="inline-flex size-7 items-center justify-center rounded-full hover:bg-n-alpha-2"
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}

function useSending(): (message: TypedMessage) => void {
  const { phone, customer } = useSandbox();
  const { tell } = useLanguage();
  const toast = useToast();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (message: TypedMessage) => typeOnPhone(phone, customer, message),
    onSuccess: (message) => keepOnPhone(queries, phone, message),
    onError: (error) => toast(tell(hubErrorOf(error))),
  }).mutate;
}
