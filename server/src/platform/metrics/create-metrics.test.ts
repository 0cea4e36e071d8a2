import { describe, expect, it } from 'vitest';
import { createMetrics } from './create-metrics.ts';

const quiet = () => createMetrics({ ofProcess: false });

describe('what is exposed', () => {
  it('requests by method, route and status class, with their time', async () => {
    const metrics = quiet();
    metrics.httpRequest({ method: 'POST', route: '/hooks/:source/:token', status: 201, seconds: 0.02 });
    metrics.httpRequest({ method: 'POST', route: '/hooks/:source/:token', status: 204, seconds: 0.2 });
    const text = await metrics.expose();
    expect(text).toContain('hub_http_request_total{method="POST",route="/hooks/:source/:token",status="2xx"} 2');
    expect(text).toContain('hub_http_request_seconds_bucket{le="0.025",method="POST",route="/hooks/:source/:token"} 1');
    expect(text).toContain('hub_http_request_seconds_count{method="POST",route="/hooks/:source/:token"} 2');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('messages by direction and outcome, and the oldest that waits', async () => {
    const metrics = quiet();
    metrics.message('inbound', 'delivered', 0.3);
    metrics.message('outbound', 'retried');
    metrics.laneOldestPending(12.5);
    const text = await metrics.expose();
    expect(text).toContain('hub_message_total{direction="inbound",outcome="delivered"} 1');
    expect(text).toContain('hub_message_total{direction="outbound",outcome="retried"} 1');
    expect(text).toContain('hub_message_seconds_count{direction="inbound"} 1');
    expect(text).not.toContain('hub_message_seconds_count{direction="outbound"}');
    expect(text).toContain('hub_lane_oldest_pending_seconds 12.5');
  });

  it('each collection of metrics is its own', async () => {
    const [one, other] = [quiet(), quiet()];
    one.message('inbound', 'delivered', 1);
    expect(await other.expose()).not.toContain('outcome="delivered"');
  });

  it('the figures of the process are there unless left out', async () => {
    expect(await createMetrics().expose()).toContain('process_cpu_user_seconds_total');
    expect(await quiet().expose()).not.toContain('process_');
  });
});

describe('TI-10: no label tells who', () => {
  it('ids, phones, e-mails and tokens never become a label', async () => {
    const metrics = quiet();
    const routes = [
      '/accounts/0190c1a2-7f1e-7b3a-9c55-0123456789ab',
      '/accounts/:accountId/x/5511999998888',
      '/users/ana@example.com',
      '/hooks/uazapi/Zk3l0aPq9',
      '/x?token=abc',
      '/accounts/12',
      `/${'a'.repeat(60)}`,
    ];
    for (const route of routes) metrics.httpRequest({ method: 'GET', route, status: 200, seconds: 0.01 });
    metrics.httpRequest({ method: 'ANA@EXAMPLE.COM', route: '/api/v1/inboxes/:id', status: 9_999, seconds: 0.01 });
    const text = await metrics.expose();
    expect(text).not.toMatch(/[0-9a-f]{8}-|\d{8}|@|Zk3l|token|accounts|aaaa/i);
    expect(text).toContain('route="/api/v1/inboxes/:id"');
    expect(text).toContain('method="other"');
    expect(text).toContain('status="other"');
  });

  it('the number of series stays bounded whatever is observed', async () => {
    const metrics = quiet();
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    for (const a of letters)
      for (const b of letters) metrics.httpRequest({ method: 'GET', route: `/${a}${b}`, status: 200, seconds: 0.01 });
    const text = await metrics.expose();
    expect(text.match(/^hub_http_request_total\{/gm)).toHaveLength(201);
  });
});
