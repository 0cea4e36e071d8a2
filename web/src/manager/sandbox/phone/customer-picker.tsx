import { useQueries } from '@tanstack/react-query';
import { useId } from 'react';
import { useLanguage } from '../../../language/language.tsx';
import { Avatar } from '../../../ui/avatar.tsx';
import { askChat, CUSTOMERS } from '../peers/phone.ts';
import { useSandbox } from '../sandbox-context.tsx';

/** Which customer one is. Each has a phone of their own. */
export function CustomerPicker() {
  const { t, many } = useLanguage();
  const { phone, customer, holdPhoneOf } = useSandbox();
  const name = useId();
  const chats = useQueries({ queries: CUSTOMERS.map((one) => askChat(phone, one)) });
  return (
    <fieldset className="flex shrink-0 items-center gap-2">
      <legend className="sr-only">{t('phone.who')}</legend>
      <div className="grid flex-1 grid-cols-3 gap-1 rounded-xl bg-n-alpha-1 p-1">
        {CUSTOMERS.map((one, index) => {
          const unread = (chats[index]?.data ?? []).filter(
            ({ fromMe, receipt }) => fromMe && receipt !== 'read' && receipt !== 'failed',
          ).length;
          return (
            <label
              key={one.phone}
              className="relative flex cursor-pointer items-center justify-center gap-2 rounded-lg px-1.5 py-1 text-[13px] text-n-slate-11 transition-colors has-checked:bg-n-solid-active has-checked:text-n-slate-12 has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-n-brand"
            >
              <input type="radio" name={name} className="sr-only" checked={one === customer} onChange={() => holdPhoneOf(one)} />
              <Avatar name={one.name} size="sm" />
              <span className="truncate">{one.name.split(' ')[0]}</span>
              {unread > 0 && one !== customer && (
                <span className="absolute -top-1 -right-0.5 inline-flex size-4 items-center justify-center rounded-full bg-n-teal-9 text-xxs font-medium text-white">
                  <span aria-hidden>{Math.min(9, unread)}</span>
                  <span className="sr-only">{many('phone.unread', unread)}</span>
                </span>
              )}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
