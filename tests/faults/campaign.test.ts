import { expect, test } from 'vitest';
import { keepJournal, printSummary, runCampaign } from './campaign.ts';

const seed = Number(process.env.HUB_FAULT_SEED ?? 20_260_311);

test('RL-01, RL-03, RL-06: 2,000 messages both ways survive 20 killed workers, a crashed PostgreSQL and an emptied queue: none lost, none out of order, doubled only where an answer was lost', async () => {
  const result = await runCampaign({
    seed,
    messages: 2_000,
    contactsOfAccount: [17, 17, 16],
    kills: 20,
    unavailableShare: 0.01,
    droppedAnswers: 0.005,
    repeatedShare: 0.2,
    receiptsOutOfOrderShare: 0.05,
  });
  const { findings, tables } = result;
  printSummary('Fault campaign', result.summary);
  for (const { text, copies, because } of findings.duplicates)
    process.stdout.write(`  duplicate: ${text} × ${copies}: ${because ?? 'unexplained'}\n`);
  try {
    expect(result.drained, 'everything came to rest').toBe(true);
    expect(findings.lost, 'lost').toEqual([]);
    expect(findings.reordered, 'reordered').toEqual([]);
    expect(findings.misplaced, 'at a wrong account or chat').toEqual([]);
    expect(
      findings.duplicates.filter(({ because }) => because === null),
      'duplicates without a lost answer',
    ).toEqual([]);
    expect(findings.duplicates.length, 'duplicates within the bound').toBeLessThanOrEqual(findings.answersLost);
    expect(findings.wrongTicks, 'ticks').toEqual([]);
    expect(tables).toMatchObject({ pending: 0, leased: 0, due: 0, duplicates: 0, threads: 50, earlyReceipts: 0, deadTexts: [] });
    expect(findings.accepted, 'enough was accepted for the figures to mean something').toBeGreaterThan(1_900);
    expect(result.diedAlone, 'processes that ended by themselves').toEqual([]);
    expect(
      result.ends.map(({ code }) => code),
      'exit codes',
    ).toEqual([0, 0, 0]);
  } catch (error) {
    process.stdout.write(`  journal kept: ${await keepJournal('campaign', result)}\n`);
    throw error;
  }
});
