/**
 * Log lines as JSON that never carry secrets, message texts or people's numbers, whatever they are given.
 * Not its job: deciding what is worth logging, or shipping lines anywhere.
 */
export { createLogger } from './create-logger.ts';
export type { LogFields, Logger, LoggerOptions, LogLevel } from './create-logger.ts';
export { scrubText } from './scrub-text.ts';
