import { sampleFiles, type SampleFile } from './sample-files.ts';

/** An instance whose name begins so gets the token of the captured webhooks, so that those are accepted as they are. */
export const CAPTURES_PREFIX = 'captures-';

/** Published with the captures: they open nothing but a pretend instance. */
export const CAPTURED_TOKENS = {
  uazapi: '00000000-0000-4000-8000-000000000001',
  evolution: '0D566A74-0857-4726-83DF-BAA3574669E9',
} as const;

const { jpeg, webp, ogg, pdf, mp4 } = sampleFiles;

/** By message id: what stands in for the files of captured messages, whose bytes were not captured. */
export const CAPTURED_FILES: ReadonlyMap<string, SampleFile> = new Map([
  ['AC3D4FE37D20ED8957FACCDAD9368A4A', jpeg],
  ['AC22DB1D8CF7E878769D85980F43C9B3', jpeg],
  ['AC290EF75336247CBAE610FFE1C4E693', jpeg],
  ['AC0618B4C57918C5D25431E1AF47B2E7', ogg],
  ['AC32D9B3800862E9428A9B580162D209', pdf],
  ['AC162487C2F395DAEF2A8062CE239075', mp4],
  ['ACAC14245367A932CD6EF160D898A1C2', mp4],
  ['AC7ABC519EB9D1ED9D0DEECFA063B074', webp],
  ['AC25E2456170F8D43437F6BC81ACF3C4', webp],
  ['3EB0CAP0000000000005', jpeg],
  ['3EB0CAP0000000000006', ogg],
]);
