/**
 * How the Hub's processes are started. A young generation of 4 MiB instead of 16 keeps some 30 MB less in memory;
 * what lives short in the Hub is small, and the cost in time could not be measured. No source maps: reading them takes a
 * second of every start, and the bundle keeps names and lines readable.
 */
export const nodeFlags = ['--max-semi-space-size=4'];
