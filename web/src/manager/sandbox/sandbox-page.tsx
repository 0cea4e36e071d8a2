import { useQuery } from '@tanstack/react-query';
import { FlaskConicalOff, Unplug } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import type { SandboxKeys } from '@whatpro/sdk/contract';
import { ask } from '../../api/ask.ts';
import { hubErrorOf } from '../../api/hub-error.ts';
import { useHub } from '../../api/hub.tsx';
import { useLanguage } from '../../language/language.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { openPeer } from './peers/peer.ts';
import { SandboxBench } from './sandbox-bench.tsx';
import { SandboxSkeleton } from './sandbox-skeleton.tsx';

/** The home of a Hub without numbers: one message's whole way on one page. */
export function SandboxPage() {
  const { t, tell } = useLanguage();
  const { client } = useHub();
  const keys = useQuery({ ...ask(client, (hub) => hub.sandbox.keys, {}), staleTime: Infinity });
  const { refetch } = keys;
  const onKeysRefused = useCallback(() => void refetch(), [refetch]);
  if (keys.isPending) return <SandboxSkeleton />;
  if (keys.isError) {
    return (
      <div role="alert" className="grid flex-1 place-items-center">
        <EmptyState
          icon={<Unplug className="size-6" />}
          title={t('sandbox.failed')}
          action={
            <Button look="solid" onClick={() => void keys.refetch()}>
              {t('app.try-again')}
            </Button>
          }
        >
          {tell(hubErrorOf(keys.error))}
        </EmptyState>
      </div>
    );
  }
  return keys.data === null ? <SandboxIsOff /> : <WithPeers keys={keys.data} onKeysRefused={onKeysRefused} />;
}

function SandboxIsOff() {
  const { t } = useLanguage();
  return (
    <div className="grid flex-1 place-items-center">
      <EmptyState icon={<FlaskConicalOff className="size-6" />} title={t('sandbox.off.title')}>
        <p>{t('sandbox.off.help')}</p>
        <code className="mt-3 inline-block rounded-lg bg-n-alpha-1 px-3 py-1.5 font-mono text-[13px] text-n-slate-12">HUB_SANDBOX=on</code>
      </EmptyState>
    </div>
  );
}

function WithPeers({ keys, onKeysRefused }: { readonly keys: SandboxKeys; readonly onKeysRefused: () => void }) {
  const phone = useMemo(
    () => ({ peer: openPeer(keys.gatewayUrl, keys.uiKey, onKeysRefused), instance: keys.gatewayInstanceId }),
    [keys, onKeysRefused],
  );
  const agent = useMemo(
    () => ({ peer: openPeer(keys.chatwootUrl, keys.uiKey, onKeysRefused), accountId: keys.chatwootAccountId }),
    [keys, onKeysRefused],
  );
  return <SandboxBench accountId={keys.accountId} instanceId={keys.instanceId} phone={phone} agent={agent} />;
}
