/**
 * What an account may have and use: its limits, its features, the web origins it vouches for.
 * Not its job: making what is limited, or how a plan is paid.
 */
export { readFeatures, requireFeature, withinFeatures } from './features.ts';
export { requireRoom } from './require-room.ts';
export { createSettingsRouter } from './settings.router.ts';
export type { SettingsTools } from './tools.ts';
