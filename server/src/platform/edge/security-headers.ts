import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const common = {
  crossOriginResourcePolicy: { policy: 'same-origin' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: { action: 'deny' },
} as const;

const PERMISSIONS_POLICY = ['camera', 'display-capture', 'geolocation', 'hid', 'microphone', 'payment', 'serial', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ');

const apiPolicy = helmet({
  ...common,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
  },
});

/** For everything that is not a page. Set on every answer of the app; pages replace it. */
export const apiHeaders: RequestHandler = (request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Permissions-Policy', PERMISSIONS_POLICY);
  apiPolicy(request, response, next);
};

/** The nonce that `appHeaders` allowed for inline styles of this answer. */
export const styleNonceOf = (response: Parameters<RequestHandler>[1]): string => String(response.locals['styleNonce'] ?? '');

const appPolicy = helmet({
  ...common,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: [
        "'self'",
        (_request, response) => `'nonce-${String('locals' in response ? styleNonceOf(response as Parameters<RequestHandler>[1]) : '')}'`,
      ],
      imgSrc: ["'self'", 'data:', 'blob:'],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ['wph'],
    },
  },
});

/** For our own pages. Put `styleNonceOf(response)` into the page where a style element is written inline. */
export const appHeaders: RequestHandler = (request, response, next) => {
  response.locals['styleNonce'] = randomBytes(16).toString('base64');
  appPolicy(request, response, next);
};
