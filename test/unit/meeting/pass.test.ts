import { describe, expect, test } from '@jest/globals';
import {
  outcomeOf,
  runPass,
  type BegunSync,
  type PassSteps,
  type ResolvedParticipants,
} from '../../../src/meeting/pass';

const KEY = { workspaceId: 'w', meetingId: 'm' };
const BEGUN: BegunSync = { portalId: 7, task: 'sync', rewrite: false, rewrites: 0, recordedTwice: false };
const ROOTS = { manual: [], participant: [], domain: [] };

/** Runs a pass over steps that only note their names. */
async function stepsOf(begun: Partial<BegunSync>, resolved: ResolvedParticipants | null): Promise<string[]> {
  const ran: string[] = [];
  const step =
    <Result>(name: string, result: Result) =>
    () => {
      ran.push(name);
      return Promise.resolve(result);
    };
  const steps: PassSteps = {
    beginSync: step('beginSync', { ...BEGUN, ...begun }),
    resolveParticipants: step('resolveParticipants', resolved),
    expandCascades: step('expandCascades', undefined),
    writeSummary: step('writeSummary', { written: 'created' as const }),
    writeNotes: step('writeNotes', { written: 'none' as const }),
    writeTasks: step('writeTasks', undefined),
    associate: step('associate', undefined),
    writeFields: step('writeFields', undefined),
    takeBack: step('takeBack', undefined),
    erase: step('erase', undefined),
  };
  await runPass(KEY, steps, {
    begun: () => undefined,
    record: ({ status }) => step(`record ${status}`, undefined)(),
    erased: () => ran.push('erased'),
  });
  return ran;
}

describe('the steps of a pass', () => {
  const written = ['expandCascades', 'writeSummary', 'writeNotes', 'associate', 'record synced'];
  test.each<[string, Partial<BegunSync>, ResolvedParticipants | null, string[]]>([
    ['a matched meeting', {}, { roots: ROOTS, skip: null }, ['resolveParticipants', ...written]],
    [
      'a matched meeting with mappings',
      { fields: true },
      { roots: ROOTS, skip: null },
      ['resolveParticipants', ...written.slice(0, -1), 'writeFields', ...written.slice(-1)],
    ],
    [
      'a matched meeting with tasks',
      { tasks: true, fields: true },
      { roots: ROOTS, skip: null },
      ['resolveParticipants', ...written.slice(0, 3), 'writeTasks', 'associate', 'writeFields', 'record synced'],
    ],
    [
      'no match with tasks',
      { tasks: true },
      { roots: ROOTS, skip: { code: 'no_crm_match' } },
      ['resolveParticipants', 'associate', 'record skipped'],
    ],
    [
      'no match with mappings',
      { fields: true },
      { roots: ROOTS, skip: { code: 'no_crm_match' } },
      ['resolveParticipants', 'associate', 'writeFields', 'record skipped'],
    ],
    ['a look-up that another request ended', {}, null, ['resolveParticipants']],
    [
      'no match',
      {},
      { roots: ROOTS, skip: { code: 'no_crm_match' } },
      ['resolveParticipants', 'associate', 'record skipped'],
    ],
    [
      'a private meeting',
      {},
      { roots: ROOTS, skip: { code: 'private' } },
      ['resolveParticipants', 'takeBack', 'record skipped'],
    ],
    ['a second recording', { recordedTwice: true }, null, ['takeBack', 'record skipped']],
    ['a deletion', { task: 'erase' }, null, ['takeBack', 'erase', 'erased']],
  ])('%s', async (_case, begun, resolved, steps) => {
    expect(await stepsOf(begun, resolved)).toEqual(['beginSync', ...steps]);
  });
});

test.each([
  [['created', 'none'], { status: 'synced' }],
  [['unchanged', 'updated'], { status: 'synced' }],
  [['deleted', 'unchanged'], { status: 'synced', code: 'deleted_in_hubspot' }],
  [['deleted', 'none'], { status: 'skipped', code: 'deleted_in_hubspot' }],
  [['deleted', 'deleted'], { status: 'skipped', code: 'deleted_in_hubspot' }],
] as const)('the outcome of %j is %j', (written, outcome) => {
  expect(outcomeOf(written)).toEqual(outcome);
});
