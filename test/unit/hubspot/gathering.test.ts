import { expect, test } from '@jest/globals';
import { Gathering } from '../../../src/hubspot/client/gathering';

const NEVER = 2 ** 31 - 1;

test.each([
  ['is full', [false, false, false], { live: NEVER, bulk: NEVER }],
  ['no more inputs come', [false], { live: NEVER, bulk: NEVER }],
  ['it has waited long enough', [false], { live: NEVER, bulk: 1 }],
  ['live work has waited long enough', [false, true], { live: 1, bulk: NEVER }],
])('a batch leaves when %s', async (_when, inputs, linger) => {
  const gathering = new Gathering(3);
  for (const isLive of inputs) gathering.joined(isLive);
  await gathering.done(linger);
  expect(gathering.urgency.urgent).toBe(inputs.includes(true));
});

test('a batch that waits for inputs is still open', async () => {
  const gathering = new Gathering(3);
  gathering.joined(false);
  const done = gathering.done({ live: NEVER, bulk: NEVER }).then(() => 'left');
  expect(await Promise.race([done, Promise.resolve('open')])).toBe('open');
  gathering.joined(false);
  gathering.joined(false);
  expect(await done).toBe('left');
});
