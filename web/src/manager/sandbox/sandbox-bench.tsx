import { useQueryClient } from '@tanstack/react-query';
import { Tabs } from 'radix-ui';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useSharedStream } from '../../api/use-shared-stream.ts';
import { useLanguage } from '../../language/language.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { FaultStrip } from './faults/fault-strip.tsx';
import { AgentInbox } from './inbox/agent-inbox.tsx';
import type { Agent } from './peers/agent.ts';
import { useAgentEvents } from './peers/agent.ts';
import { CUSTOMERS, usePhoneEvents } from './peers/phone.ts';
import type { Phone } from './peers/phone.ts';
import { CustomerPhone } from './phone/customer-phone.tsx';
import { Road } from './road/road.tsx';
import { useRoad } from './road/use-road.ts';
import { SandboxContext } from './sandbox-context.tsx';

interface BenchProps {
  readonly accountId: string;
  readonly instanceId: string;
  readonly phone: Phone;
  readonly agent: Agent;
}

export function SandboxBench({ accountId, instanceId, phone, agent }: BenchProps) {
  const { t } = useLanguage();
  const [customer, holdPhoneOf] = useState(CUSTOMERS[0]);
  const sandbox = useMemo(
    () => ({ accountId, instanceId, phone, agent, customer, holdPhoneOf }),
    [accountId, instanceId, phone, agent, customer],
  );
  const road = useRoad(accountId);
  const live = usePeersLive(phone, agent) && road.live;
  const wide = useMedia('(min-width: 1100px)');
  const parts = {
    phone: <CustomerPhone road={road} />,
    road: <Road road={road} live={live} />,
    inbox: <AgentInbox />,
  };
  return (
    <SandboxContext value={sandbox}>
      <h1 className="sr-only">{t('sandbox.title')}</h1>
      <div className="flex min-h-0 flex-1 flex-col gap-3 p-3 sm:px-4 sm:pb-4">
        <FaultStrip />
        {wide ? <Columns parts={parts} /> : <Tabbed parts={parts} />}
      </div>
    </SandboxContext>
  );
}

interface Parts {
  readonly phone: ReactNode;
  readonly road: ReactNode;
  readonly inbox: ReactNode;
}

const Columns = ({ parts }: { readonly parts: Parts }) => (
  <div className="grid min-h-0 flex-1 grid-cols-[minmax(290px,340px)_minmax(320px,1fr)_minmax(400px,1.45fr)] grid-rows-[minmax(0,1fr)] gap-4">
    {parts.phone}
    {parts.road}
    {parts.inbox}
  </div>
);

function Tabbed({ parts }: { readonly parts: Parts }) {
  const { t } = useLanguage();
  const names = ['phone', 'road', 'inbox'] as const;
  return (
    <Tabs.Root defaultValue="phone" className="flex min-h-0 flex-1 flex-col gap-3">
      <Tabs.List aria-label={t('sandbox.tabs')} className="grid h-9 shrink-0 grid-cols-3 rounded-lg bg-n-alpha-1 p-0.5">
        {names.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className="rounded-md text-[13px] font-[460] text-n-slate-11 transition-colors data-[state=active]:bg-n-solid-active data-[state=active]:text-n-blue-11 data-[state=active]:shadow-sm"
          >
            {t(`sandbox.tab.${name}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {names.map((name) => (
        <Tabs.Content
          key={name}
          value={name}
          tabIndex={-1}
          className="mx-auto grid min-h-0 w-full max-w-3xl flex-1 grid-rows-[minmax(0,1fr)] data-[state=inactive]:hidden"
        >
          {parts[name]}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

/** Live changes of both sides; everything is loaded again when a stream was gone for a while. */
function usePeersLive(phone: Phone, agent: Agent): boolean {
  const queries = useQueryClient();
  const onPhoneEvent = usePhoneEvents(phone);
  const onAgentEvent = useAgentEvents(agent);
  const phoneLive = useSharedStream(`wph.sandbox${phone.peer.url}`, phone.peer.follow, {
    onOpen: () => void queries.invalidateQueries({ queryKey: ['phone'] }),
    onEvent: ({ type, data }) => onPhoneEvent(type, JSON.parse(data)),
  });
  const agentLive = useSharedStream(`wph.sandbox${agent.peer.url}`, agent.peer.follow, {
    onOpen: () => void queries.invalidateQueries({ queryKey: ['agent'] }),
    onEvent: ({ type, data }) => onAgentEvent(type, JSON.parse(data)),
  });
  return phoneLive && agentLive;
}
