import type { Settings } from '#platform/config';
import { startApi } from './api.ts';
import type { Api } from './api.ts';
import { startMetricsListener } from './metrics-listener.ts';
import type { MetricsListener } from './metrics-listener.ts';
import { openHub } from './open-hub.ts';
import type { Hub } from './open-hub.ts';
import { openSandbox } from './sandbox-peers.ts';
import type { MountedSandbox } from './sandbox-peers.ts';

/** A process that has not ended by then is ended. */
const DRAIN_MS = 24_000;

/** Runs one process of the Hub until it is told to end. `HUB_ROLE` says whether it answers requests, carries messages, or both. */
export async function runHub(settings: Settings): Promise<void> {
  const ownUrl = `http://127.0.0.1:${settings.port}`;
  const withSandbox = settings.sandbox && settings.role !== 'worker';
  const ownHosts = settings.sandbox ? [`127.0.0.1:${settings.port}`] : [];
  const hub = await openHub(settings, { publicUrl: settings.publicUrl, ownHosts });
  const sandbox = withSandbox ? await openSandbox(hub) : null;
  const api = settings.role === 'worker' ? null : await startApi(hub, sandbox).catch((error: unknown) => closeAndThrow(hub, error));
  const metrics = await startMetricsListener(hub).catch((error: unknown) => closeAndThrow(hub, error));
  endOnSignals(hub, api, sandbox, metrics);
  await sandbox?.ready(ownUrl);
  if (api?.firstOperator) welcome(api.url, api.firstOperator);
  process.stdout.write(
    `${JSON.stringify({ event: 'hub.ready', url: api?.url ?? null, metricsUrl: metrics?.url ?? null, role: settings.role, pid: process.pid })}\n`,
  );
}

async function closeAndThrow(hub: Hub, error: unknown): Promise<never> {
  await hub.close();
  throw error;
}

/** For the person at the terminal, once. Presets given in the settings are never printed. */
function welcome(url: string, operator: { readonly email: string; readonly password: string | null }): void {
  if (operator.password === null) return;
  process.stderr.write(
    `\n  WhatPro Hub is ready at ${url}\n\n  Sign in as   ${operator.email}\n  Password     ${operator.password}\n\n  It is shown this once; choose your own after signing in.\n\n`,
  );
}

function endOnSignals(hub: Hub, api: Api | null, sandbox: MountedSandbox | null, metrics: MetricsListener | null): void {
  let ending = false;
  const end = (code: number): void => {
    if (ending) process.exit(code || 1);
    ending = true;
    const force = setTimeout(() => process.exit(1), DRAIN_MS);
    force.unref();
    void drain(hub, api, sandbox, metrics).then(
      () => process.exit(code),
      (error: unknown) => {
        hub.log.error('hub.drain-failed', { err: error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
  process.on('SIGHUP', () => end(0));
  process.on('uncaughtException', (error) => {
    hub.log.error('hub.uncaught', { err: error });
    end(1);
  });
  process.on('unhandledRejection', (error) => {
    hub.log.error('hub.unhandled', { err: error });
    end(1);
  });
}

async function drain(hub: Hub, api: Api | null, sandbox: MountedSandbox | null, metrics: MetricsListener | null): Promise<void> {
  await api?.stop();
  await sandbox?.close();
  await metrics?.stop();
  await hub.close();
}
