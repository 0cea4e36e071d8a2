import { expect, test } from 'vitest';
import { wakeLaneJob } from '../../server/src/bridge/index.ts';
import { syncInstancesJob } from '../../server/src/modules/instances/index.ts';
import { removeExpiredAnswersJob } from '../../server/src/platform/rest/index.ts';

const jobs = [wakeLaneJob, syncInstancesJob, removeExpiredAnswersJob];

test.each(jobs.map((job) => [job.name, job] as const))('TI-07: the job %s carries ids and nothing else', (_name, job) => {
  const shape = (job.payload as unknown as { shape: Record<string, { _zod: { def: { type: string; format?: string } } }> }).shape;
  for (const [field, schema] of Object.entries(shape)) {
    expect(field).toMatch(/Id$/);
    expect(schema._zod.def).toMatchObject({ type: 'string', format: 'guid' in schema._zod.def ? 'guid' : 'uuid' });
  }
  expect(job.payload.safeParse({ extra: 'x' }).success).toBe(false);
});
