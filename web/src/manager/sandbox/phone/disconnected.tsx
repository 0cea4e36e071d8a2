import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { QrCode } from 'lucide-react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useHub } from '../../../api/hub.tsx';
import { useLanguage } from '../../../language/language.tsx';
import { Button } from '../../../ui/button.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { askConnection, scanQr } from '../peers/phone.ts';
import { useSandbox } from '../sandbox-context.tsx';

/** When the company's number is not connected nothing can be typed; one press pairs it again. */
export function Disconnected() {
  const { t, tell } = useLanguage();
  const { client } = useHub();
  const { accountId, instanceId, phone } = useSandbox();
  const toast = useToast();
  const queries = useQueryClient();
  const connection = useQuery(askConnection(phone));
  const pair = useMutation({
    mutationFn: async () => {
      await client.instances.connect.mutate({ accountId, id: instanceId });
      await scanQr(phone);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: askConnection(phone).queryKey }),
    onError: (error) => toast(tell(hubErrorOf(error))),
  });
  if (connection.data === undefined || connection.data === null || connection.data.state === 'connected') return null;
  return (
    <div role="alert" className="flex shrink-0 items-center gap-3 bg-n-amber-3 px-4 py-2 text-[13px] leading-5 text-n-amber-12">
      <span className="flex-1">{t('phone.disconnected')}</span>
      <Button
        size="sm"
        look="outline"
        busy={pair.isPending}
        icon={<QrCode aria-hidden className="size-3.5" />}
        onClick={() => pair.mutate()}
      >
        {t('phone.connect')}
      </Button>
    </div>
  );
}
