import { useQuery } from '@tanstack/react-query';
import { Eye, EyeOff, Store } from 'lucide-react';
import { useState } from 'react';
import { useLanguage } from '../../../language/language.tsx';
import { Button } from '../../../ui/button.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { askChat, confirmReading } from '../peers/phone.ts';
import type { RoadState } from '../road/use-road.ts';
import { useSandbox } from '../sandbox-context.tsx';
import { CustomerPicker } from './customer-picker.tsx';
import { Disconnected } from './disconnected.tsx';
import { PhoneChat } from './phone-chat.tsx';
import { PhoneComposer } from './phone-composer.tsx';
import { useReading } from './use-reading.ts';

/** The phone of the customer one plays. */
export function CustomerPhone({ road }: { readonly road: RoadState }) {
  const { t } = useLanguage();
  const { phone, customer } = useSandbox();
  const chat = useQuery(askChat(phone, customer));
  const [automatic, setAutomatic] = useState(true);
  const [quotedId, setQuotedId] = useState<string | null>(null);
  const unread = (chat.data ?? []).filter(({ fromMe, receipt }) => fromMe && receipt !== 'read' && receipt !== 'failed').length;
  useReading(automatic, unread);
  const quoted = chat.data?.find(({ id }) => id === quotedId);
  return (
    <section aria-labelledby="phone-title" className="mx-auto flex min-h-0 w-full max-w-md min-w-0 flex-col gap-2 wide:max-w-none">
      <h2 id="phone-title" className="sr-only">
        {t('phone.title')}
      </h2>
      <CustomerPicker />
      <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-2xl shadow-lg outline-1 outline-n-container sm:rounded-[2.25rem] sm:border-[7px] sm:border-phone-body sm:outline-0 dark:sm:outline-1">
        <PhoneBar automatic={automatic} onToggle={() => setAutomatic(!automatic)} />
        <Disconnected />
        <PhoneChat messages={chat.data} road={road} onQuote={setQuotedId} />
        {!automatic && unread > 0 && (
          <div className="phone-wall flex justify-center pb-2">
            <Button
              size="sm"
              look="outline"
              icon={<Eye aria-hidden className="size-3.5" />}
              onClick={() => void confirmReading(phone, customer).catch(() => undefined)}
            >
              {t('phone.mark-read')}
            </Button>
          </div>
        )}
        <PhoneComposer quoted={quoted} onDone={() => setQuotedId(null)} />
      </div>
    </section>
  );
}

function PhoneBar({ automatic, onToggle }: { readonly automatic: boolean; readonly onToggle: () => void }) {
  const { t } = useLanguage();
  const Icon = automatic ? Eye : EyeOff;
  const label = t(automatic ? 'phone.receipts.on' : 'phone.receipts.off');
  return (
    <div className="flex shrink-0 items-center gap-3 bg-phone-bar px-4 py-2.5 text-white sm:pt-3.5">
      <span aria-hidden className="inline-flex size-9 items-center justify-center rounded-full bg-white/15">
        <Store className="size-4.5" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{t('phone.company')}</p>
        <p className="label-small text-white/80">{t('phone.company.status')}</p>
      </div>
      <Tooltip text={label}>
        <button
          type="button"
          aria-pressed={automatic}
          aria-label={label}
          onClick={onToggle}
          className="inline-flex size-8 items-center justify-center rounded-full hover:bg-white/15 focus-visible:outline-white"
        >
          <Icon aria-hidden className="size-4" />
        </button>
      </Tooltip>
    </div>
  );
}
