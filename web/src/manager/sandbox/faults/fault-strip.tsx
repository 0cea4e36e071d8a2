import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, Wrench, Zap } from 'lucide-react';
import { useState } from 'react';
import { hubErrorOf } from '../../../api/hub-error.ts';
import { useLanguage } from '../../../language/language.tsx';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { Switch } from '../../../ui/switch.tsx';
import { useToast } from '../../../ui/toast.tsx';
import { askFaults, changeFaults } from '../peers/faults.ts';
import type { FaultSettings } from '../peers/faults.ts';
import type { Peer } from '../peers/peer.ts';
import { useSandbox } from '../sandbox-context.tsx';

/** Of the answers, while answers are lost. All of them would look like an outage. */
const LOST_SHARE = 0.5;

/** Switches that break the way, so that one sees messages wait and then arrive in order. */
export function FaultStrip() {
  const { t } = useLanguage();
  const { phone, agent } = useSandbox();
  const [open, setOpen] = useState(false);
  const [chatwoot, setChatwoot] = useFaults(agent.peer);
  const [gateway, setGateway] = useFaults(phone.peer);
  const losing = (chatwoot?.dropAfter ?? 0) > 0 || (gateway?.dropAfter ?? 0) > 0;
  const broken = [chatwoot?.down === true, gateway?.down === true, losing].filter(Boolean).length;
  const unknown = chatwoot === undefined || gateway === undefined;

  const setLosing = (on: boolean): void => {
    const dropAfter = on ? LOST_SHARE : 0;
    setChatwoot({ dropAfter });
    setGateway({ dropAfter });
  };
  const mend = (): void => {
    setChatwoot({ down: false, dropAfter: 0 });
    setGateway({ down: false, dropAfter: 0 });
  };

  return (
    <section
      aria-labelledby="faults-title"
      className={classes(
        'shrink-0 rounded-xl bg-n-solid-2 outline-1 transition-colors',
        broken > 0 ? 'outline-n-ruby-9/50' : 'outline-n-container',
      )}
    >
      <div className="flex items-center gap-x-6 gap-y-2 px-4 py-2 wide:h-14 wide:py-0">
        <h2 id="faults-title" className="heading-3 flex items-center gap-2 max-wide:flex-1">
          <Zap aria-hidden className={classes('size-4', broken > 0 ? 'text-n-ruby-9' : 'text-n-slate-11')} />
          {t('faults.title')}
          {broken > 0 && <span className="rounded-full bg-n-ruby-9 px-1.5 text-xs leading-4 text-white wide:hidden">{broken}</span>}
        </h2>
        <div className="hidden flex-1 items-center gap-x-7 wide:flex">
          <FaultSwitches
            chatwoot={chatwoot}
            gateway={gateway}
            losing={losing}
            disabled={unknown}
            setChatwoot={setChatwoot}
            setGateway={setGateway}
            setLosing={setLosing}
          />
        </div>
        <div className="hidden w-36 justify-end text-right min-[1300px]:w-72 wide:flex">
          {broken > 0 ? (
            <Button size="sm" look="ruby" icon={<Wrench aria-hidden className="size-3.5" />} onClick={mend}>
              {t('faults.reset')}
            </Button>
          ) : (
            <p className="label-small text-balance text-n-slate-11 max-[1300px]:hidden">{t('faults.hint')}</p>
          )}
        </div>
        <button
          type="button"
          aria-expanded={open}
          aria-controls="faults-more"
          aria-label={t('faults.title')}
          onClick={() => setOpen(!open)}
          className="inline-flex size-8 items-center justify-center rounded-lg text-n-slate-11 hover:bg-n-alpha-2 wide:hidden"
        >
          <ChevronDown aria-hidden className={classes('size-4 transition-transform', open && 'rotate-180')} />
        </button>
      </div>
      <div id="faults-more" hidden={!open} className={classes('flex-col gap-4 px-4 pb-4 wide:hidden', open && 'flex')}>
        {open && (
          <>
            <p className="label-small text-n-slate-11">{t('faults.hint')}</p>
            <FaultSwitches
              chatwoot={chatwoot}
              gateway={gateway}
              losing={losing}
              disabled={unknown}
              setChatwoot={setChatwoot}
              setGateway={setGateway}
              setLosing={setLosing}
            />
          </>
        )}
      </div>
    </section>
  );
}

interface FaultSwitchesProps {
  readonly chatwoot: FaultSettings | undefined;
  readonly gateway: FaultSettings | undefined;
  readonly losing: boolean;
  readonly disabled: boolean;
  readonly setChatwoot: (change: Partial<FaultSettings>) => void;
  readonly setGateway: (change: Partial<FaultSettings>) => void;
  readonly setLosing: (on: boolean) => void;
}

function FaultSwitches({ chatwoot, gateway, losing, disabled, setChatwoot, setGateway, setLosing }: FaultSwitchesProps) {
  const { t } = useLanguage();
  const both = { tone: 'ruby', disabled } as const;
  return (
    <>
      <Switch
        {...both}
        label={t('faults.chatwoot')}
        help={t('faults.chatwoot.help')}
        on={chatwoot?.down ?? false}
        onChange={(down) => setChatwoot({ down })}
      />
      <Switch
        {...both}
        label={t('faults.gateway')}
        help={t('faults.gateway.help')}
        on={gateway?.down ?? false}
        onChange={(down) => setGateway({ down })}
      />
      <Switch {...both} label={t('faults.answers')} help={t('faults.answers.help')} on={losing} onChange={setLosing} />
    </>
  );
}

function useFaults(peer: Peer): readonly [FaultSettings | undefined, (change: Partial<FaultSettings>) => void] {
  const { tell } = useLanguage();
  const toast = useToast();
  const queries = useQueryClient();
  const { data } = useQuery(askFaults(peer));
  const change = (wanted: Partial<FaultSettings>): void => {
    changeFaults(peer, wanted)
      .then((settings) => queries.setQueryData(askFaults(peer).queryKey, settings))
      .catch((error: unknown) => toast(tell(hubErrorOf(error))));
  };
  return [data, change];
}
