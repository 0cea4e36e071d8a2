/**
 * Keeping secrets: the `Secret` type that never prints, envelope encryption at rest, hashing of passwords and lookup tokens, constant-time compare.
 * Not its job: deciding who may see a secret.
 */
export { addKeyOnTop, keyFileReread, loadOrCreateKeyFile } from './key-file.ts';
export { createKeyRing } from './key-ring.ts';
export type { KeyEncryptionKey, KeyRing, KeyRingKeys, Place } from './key-ring.ts';
export { createPasswords, peppersOf } from './passwords.ts';
export type { PasswordOptions, Passwords, Peppers } from './passwords.ts';
export { Secret } from './secret.ts';
export { hashToken, randomToken, sameSecret } from './tokens.ts';
