import type { AnyTRPCRouter } from '@trpc/server';
import type { RequestHandler } from 'express';
import { appHeaders, type PlainRoute, styleNonceOf } from '#platform/edge';
import { listProcedures } from '#platform/trpc';
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';
import { PANEL_SCRIPT } from './panel-script.ts';
import { inputShapeOf } from './rest-input.ts';

const STYLE = `
:root{color-scheme:light dark;--edge:color-mix(in srgb,currentColor 18%,transparent)}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin:2rem 0 .5rem;font-size:1.1rem}
details{border:1px solid var(--edge);border-radius:8px;margin:.4rem 0;padding:.5rem .8rem}
summary{cursor:pointer;display:flex;gap:.7rem;align-items:baseline;flex-wrap:wrap}
b{font:600 12px/1.4 ui-monospace,monospace;min-width:4.2rem}
code,pre,textarea{font:13px/1.45 ui-monospace,monospace}
pre{overflow:auto;padding:.7rem;border:1px solid var(--edge);border-radius:6px;max-height:24rem}
textarea{width:100%;box-sizing:border-box}
input,button{font:inherit;padding:.25rem .6rem}
form{display:flex;gap:.5rem;flex-wrap:wrap;margin:1rem 0}`;

/** `/api/v1/openapi.json` and `/docs`, which lists what the document says. Nothing is fetched from elsewhere. */
export function docsRoutes(openApi: OpenApiDocument): PlainRoute[] {
  const json = JSON.stringify(openApi);
  const body = docsBody(openApi);
  return [
    {
      method: 'get',
      path: '/api/v1/openapi.json',
      guard: 'none',
      handler: (_request, response) => void response.type('application/json').end(json),
    },
    { method: 'get', path: '/docs', guard: 'none', handler: pageHandler(`${openApi.info.title} API`, body) },
  ];
}

/** `/panel`: every procedure of the router, with a form that calls it. For development only: it shows what is not public. */
export function panelRoutes(router: AnyTRPCRouter): PlainRoute[] {
  const sections = listProcedures(router)
    .filter(({ type }) => type !== 'subscription')
    .map(({ path, type, meta, inputs }) => {
      const fields = [...inputShapeOf(inputs).fields].map(([name, { schema, required }]) => ({ name, required, schema }));
      const skeleton = Object.fromEntries(fields.filter(({ required }) => required).map(({ name }) => [name, '']));
      return `<details data-path="${escaped(path)}" data-type="${type}"><summary><b>${type}</b><code>${escaped(path)}</code><span>${escaped(meta.permission ?? meta.kind ?? '')}</span></summary>
<textarea rows="4" spellcheck="false" aria-label="Input">${escaped(fields.length === 0 ? '' : JSON.stringify(skeleton, null, 2))}</textarea>
<p><button type="button">Call</button></p><pre hidden></pre><p>Takes</p><pre>${escaped(JSON.stringify(fields, null, 2))}</pre></details>`;
    });
  const body = `<form><input name="email" type="email" placeholder="E-mail" autocomplete="username" required><input name="password" type="password" placeholder="Password" autocomplete="current-password" required><button>Sign in</button><output></output></form>${sections.join('\n')}<script src="/panel/panel.js"></script>`;
  return [
    { method: 'get', path: '/panel', guard: 'none', handler: pageHandler('Procedures', body) },
    {
      method: 'get',
      path: '/panel/panel.js',
      guard: 'none',
      handler: (_request, response) => void response.type('text/javascript').end(PANEL_SCRIPT),
    },
  ];
}

function pageHandler(title: string, body: string): RequestHandler {
  return (request, response, next) => {
    appHeaders(request, response, (error?: unknown) => {
      if (error !== undefined) return next(error);
      response
        .type('text/html')
        .end(
          `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style nonce="${styleNonceOf(response)}">${STYLE}</style><h1>${escaped(title)}</h1>${body}</html>`,
        );
    });
  };
}

function docsBody(openApi: OpenApiDocument): string {
  const byTag = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(openApi.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0] ?? '';
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationHtml(path, method, operation)]);
    }
  }
  const tags = [...byTag]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, operations]) => `<h2>${escaped(tag)}</h2>${operations.join('\n')}`);
  const schemas = Object.entries(openApi.components.schemas).map(([name, schema]) =>
    details(`<code>${escaped(name)}</code>`, block(schema)),
  );
  return `<p>The same as a document: <a href="/api/v1/openapi.json">openapi.json</a></p>${tags.join('\n')}<h2>Schemas</h2>${schemas.join('\n')}`;
}

function operationHtml(path: string, method: string, operation: OpenApiOperation): string {
  const { parameters, requestBody, responses, security } = operation;
  const parts = [security.length > 0 ? 'Needs an access token: <code>Authorization: Bearer …</code>' : 'Needs no access token.'];
  if (parameters !== undefined) parts.push(`Parameters${block(parameters)}`);
  if (requestBody !== undefined) parts.push(`Body${block(requestBody.content['application/json']?.schema)}`);
  parts.push(`Answers${block(responses)}`);
  return details(
    `<b>${method.toUpperCase()}</b><code>${escaped(path)}</code><span>${escaped(operation.summary)}</span>`,
    parts.map((part) => `<div>${part}</div>`).join(''),
  );
}

const details = (summary: string, content: string): string => `<details><summary>${summary}</summary>${content}</details>`;
const block = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
