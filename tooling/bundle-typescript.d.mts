/** esbuild is a package of tooling, which not every importer can see. */
type BuildOptions = Readonly<Record<string, unknown>>;

/** esbuild options for anything that runs in Node from inside `server/`. */
export const nodeBundleOptions: BuildOptions;
/** Bundles one TypeScript file (absolute path) under `server/dist/tools`, where its packages resolve; returns the path of the result. */
export function bundleTypeScript(entry: string): Promise<string>;
/** Loads a TypeScript file of the server into this process. */
export function importTypeScript(entry: string): Promise<Record<string, unknown>>;
