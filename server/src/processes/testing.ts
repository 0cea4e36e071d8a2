/**
 * What the census looks at: the shapes of routes and of what a process stands on.
 * Not its job: running anything; nothing but tests imports this door.
 */
export { plainRoutes } from './api.ts';
export type { Hub } from './open-hub.ts';
