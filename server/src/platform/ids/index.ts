/**
 * Ids of rows: UUID version 7, so that they sort by the time they were made.
 * Not its job: secrets, which must not tell when they were made (crypto).
 */
export { newId } from './new-id.ts';
