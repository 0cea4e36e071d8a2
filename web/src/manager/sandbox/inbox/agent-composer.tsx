import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Paperclip, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { answerCustomer, keepMessage } from '../peers/agent.ts';
import type { Answer } from '../peers/agent.ts';
import { MOST_FILE_BYTES, readFile } from '../peers/read-file.ts';
import { useSandbox } from '../sandbox-context.tsx';

export function AgentComposer({ conversationId }: { readonly conversationId: number }) {
  const { t, format } = useLanguage();
  const toast = useToast();
  const [mode, setMode] = useState<'reply' | 'note'>('reply');
  const [text, setText] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const send = useSending(conversationId);
  const note = mode === 'note';

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const said = text.trim();
    if (said === '' && file === null) return;
    setText('');
    setFile(null);
    send({ private: note, ...(said === '' ? {} : { text: said }), ...(file === null ? {} : { file: await readFile(file) }) });
  }

  function pick(picked: File | undefined): void {
    if (picked === undefined) return;
    if (picked.size > MOST_FILE_BYTES) toast(t('inbox.too-large', { limit: format.bytes(MOST_FILE_BYTES) }));
    else setFile(picked);
  }

  return (
    <form
      onSubmit={(event) => void submit(event)}
      className={classes(
        'm-3 mt-0 flex shrink-0 flex-col gap-2 rounded-xl p-2 outline-1 focus-within:outline-n-brand',
        note ? 'bg-n-solid-amber outline-n-amber-9/40' : 'bg-n-solid-1 outline-n-strong',
      )}
    >
      <Segmented
        label={t('inbox.mode')}
        value={mode}
        onChoose={setMode}
        className="self-start"
        choices={[
          { value: 'reply', label: t('inbox.reply') },
          { value: 'note', label: t('inbox.note') },
        ]}
      />
      <textarea
        rows={2}
        aria-label={t(note ? 'inbox.note' : 'inbox.reply')}
        placeholder={t(note ? 'inbox.composer.note' : 'inbox.composer.reply')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) void submit(event);
        }}
        className="max-h-36 min-h-11 resize-none rounded-lg bg-transparent px-2 py-1 outline-none [field-sizing:content] placeholder:text-n-slate-11"
      />
      {file !== null && <PickedFile name={file.name} onRemove={() => setFile(null)} />}
      <div className="flex items-center gap-2">
        <IconButton label={t('inbox.attach')} icon={<Paperclip aria-hidden className="size-4" />} onClick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          hidden
          onChange={(event) => {
            pick(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <p className="label-small flex-1 truncate text-n-slate-11 @max-md:invisible">{t('inbox.hint')}</p>
        <Button type="submit" size="sm" look="solid" disabled={text.trim() === '' && file === null}>
          {t(note ? 'inbox.add-note' : 'inbox.send')}
        </Button>
      </div>
    </form>
  );
}

function PickedFile({ name, onRemove }: { readonly name: string; readonly onRemove: () => void }) {
  const { t } = useLanguage();
  return (
    <p className="flex items-center gap-2 self-start rounded-lg bg-n-alpha-1 py-1 ps-2.5 pe-1 text-[13px] leading-5">
      <span className="max-w-60 truncate">{name}</span>
      <button
        type="button"
        aria-label={t('inbox.attachment.remove', { name })}
        onClick={onRemove}
        className="inline-flex size-6 items-center justify-center rounded-md hover:bg-n-alpha-2"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </p>
  );
}

function useSending(conversationId: number): (answer: Answer) => void {
  const { agent } = useSandbox();
  const { tell } = useLanguage();
  const toast = useToast();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (answer: Answer) => answerCustomer(agent, conversationId, answer),
    onSuccess: (message) => keepMessage(queries, agent, message),
    onError: (error) => toast(tell(hubErrorOf(error))),
  }).mutate;
}
