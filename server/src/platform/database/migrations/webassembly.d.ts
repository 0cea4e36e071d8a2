/** The part of the global that is used, as Prisma's schema engine needs it; the Node types of this version lack it. */
declare namespace WebAssembly {
  function instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
}
