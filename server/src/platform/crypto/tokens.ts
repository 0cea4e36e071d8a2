import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PROCESS_KEY = randomBytes(32);

/** 256 random bits in base64url, 43 characters. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256, for looking up tokens that are random themselves. Not for passwords. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const blinded = (value: string | Uint8Array): Buffer => createHmac('sha256', PROCESS_KEY).update(value).digest();

/** Equal or not, in a time that tells nothing about either side, for any lengths (IAM-19). */
export const sameSecret = (a: string | Uint8Array, b: string | Uint8Array): boolean => timingSafeEqual(blinded(a), blinded(b));
