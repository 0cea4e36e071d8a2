import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PlainRoute } from '#platform/edge';
import { renderOpenApi } from './openapi.ts';
import { docsRoutes, panelRoutes } from './pages.ts';
import { createSampleRouter } from './sample-router.fixture.ts';

const sampleRouter = createSampleRouter();
const routes: PlainRoute[] = [
  {
    method: 'post',
    path: '/api/v1/auth/login',
    guard: 'json',
    handler: () => undefined,
    shown: {
      summary: 'Sign in',
      tag: 'Access',
      status: 200,
      input: z.strictObject({ email: z.email() }),
      output: z.object({ id: z.uuid() }),
    },
  },
  { method: 'get', path: '/hidden', guard: 'none', handler: () => undefined },
];
const document = renderOpenApi(sampleRouter, { version: '0.1.0', routes });

describe('the OpenAPI document', () => {
  it('is the same text each time', () => {
    expect(JSON.stringify(renderOpenApi(sampleRouter, { version: '0.1.0', routes }))).toBe(JSON.stringify(document));
  });

  it('has the addresses of procedures and shown routes, and no others', () => {
    expect(Object.keys(document.paths)).toEqual([
      '/api/v1/accounts/{accountId}/things',
      '/api/v1/accounts/{accountId}/things/sync',
      '/api/v1/accounts/{accountId}/things/{id}',
      '/api/v1/auth/login',
      '/api/v1/bug',
    ]);
  });

  it('says the true status, parameters, body, refusals and need of a token', () => {
    const create = document.paths['/api/v1/accounts/{accountId}/things']?.['post'];
    expect(Object.keys(create?.responses ?? {}).sort()).toEqual(['201', '400', '401', '403', '404', 'default']);
    expect(create?.parameters?.map(({ name, in: place, required }) => [name, place, required])).toEqual([
      ['accountId', 'path', true],
      ['Idempotency-Key', 'header', false],
    ]);
    expect(create?.requestBody).toMatchObject({ required: true, content: { 'application/json': { schema: { required: ['name'] } } } });
    expect(create?.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/api/v1/accounts/{accountId}/things/{id}']?.['delete']?.responses['204']).not.toHaveProperty('content');
    expect(document.paths['/api/v1/auth/login']?.['post']?.security).toEqual([]);
  });

  it('keeps named schemas once, with every reference pointing at one that is there', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target);
    expect(references).toContain('#/components/schemas/Thing');
    for (const target of references)
      expect(document.components.schemas, target).toHaveProperty([target.replace('#/components/schemas/', '')]);
    expect(document.components.schemas['Thing']?.properties).toHaveProperty('id');
    expect(text).not.toMatch(/x-date|\$schema|\$defs/);
  });
});

describe('the pages', () => {
  const page = (served: PlainRoute[], path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const response = { locals: {}, setHeader: () => response, removeHeader: () => response, type: () => response, end: resolve };
      const handler = served.find((route) => route.path === path)?.handler;
      if (handler === undefined) return reject(new Error(path));
      // A page asks nothing of the request and five things of the response.
      void handler({} as Parameters<typeof handler>[0], response as unknown as Parameters<typeof handler>[1], reject);
    });

  it('list every operation and every procedure, with no inline script and nothing from elsewhere', async () => {
    const docs = await page(docsRoutes(document), '/docs');
    for (const path of Object.keys(document.paths)) expect(docs).toContain(path);
    const panel = await page(panelRoutes(sampleRouter), '/panel');
    expect(panel).toContain('things.create');
    for (const text of [docs, panel]) expect(text).not.toMatch(/<script>|\son\w+=|https?:\/\//);
  });
});
