import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { Button } from '../../../ui/button.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { keepOnPhone, typeOnPhone } from '../peers/phone.ts';
import { useSandbox } from '../sandbox-context.tsx';

/** Types the first message on the customer's phone. */
export function FirstMessage() {
  const { t, tell } = useLanguage();
  const { phone, customer } = useSandbox();
  const toast = useToast();
  const queries = useQueryClient();
  const first = useMutation({
    mutationFn: () => typeOnPhone(phone, customer, { kind: 'text', text: t('road.first.text') }),
    onSuccess: (message) => keepOnPhone(queries, phone, message),
    onError: (error) => toast(tell(hubErrorOf(error))),
  });
  return (
    <Button look="solid" busy={first.isPending} icon={<Send aria-hidden className="size-4" />} onClick={() => first.mutate()}>
      {t('road.first')}
    </Button>
  );
}
