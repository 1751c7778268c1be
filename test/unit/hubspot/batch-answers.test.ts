import { expect, test } from '@jest/globals';
import { completeAnswers } from '../../../src/hubspot/client/batch-answers';

test('only inputs that the batch did not answer are sent again alone', async () => {
  const inputs = [{ id: '1' }, { id: '2' }, { id: '3' }];
  const refused = new Error('refused');
  const batch = new Map<string, string | Error>([
    ['1', 'updated'],
    ['3', refused],
  ]);
  const alone: string[] = [];
  const answers = await completeAnswers<{ id: string }, string | Error>(
    inputs,
    (id) => batch.get(id) ?? null,
    ({ id }) => {
      alone.push(id);
      return Promise.resolve('gone');
    },
  );
  expect([...answers]).toEqual([
    ['1', 'updated'],
    ['2', 'gone'],
    ['3', refused],
  ]);
  expect(alone).toEqual(['2']);
});
