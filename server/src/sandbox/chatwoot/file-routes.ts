import type { Blobs } from '../wire/blobs.ts';
import type { Routes } from '../wire/router.ts';
import { NOT_FOUND } from './authorise.ts';

/** As ActiveStorage does: the link in a message redirects to where the file lies. No token: the id is the secret. */
export function fileRoutes(blobs: Blobs, baseUrl: () => string): Routes {
  return {
    'GET /rails/active_storage/blobs/redirect/:blob/:name': (call) => ({
      status: 302,
      bytes: Buffer.alloc(0),
      headers: {
        location: `${baseUrl()}/rails/active_storage/disk/${call.params['blob'] ?? ''}/${encodeURIComponent(call.params['name'] ?? '')}`,
      },
    }),
    'GET /rails/active_storage/disk/:blob/:name': async (call) => {
      const found = await blobs.get(call.params['blob'] ?? '');
      if (found === null) return NOT_FOUND;
      const name = encodeURIComponent(found.blob.fileName);
      return {
        status: 200,
        bytes: found.bytes,
        headers: {
          'content-type': found.blob.contentType,
          // Never shown as a page of the origin that the sandbox shares with the product.
          'content-disposition': `attachment; filename*=UTF-8''${name}`,
          'x-content-type-options': 'nosniff',
        },
      };
    },
  };
}
