import { expect, test } from '@jest/globals';
import { webhookOutcome } from '../../../src/http/webhooks';

test.each([
  [200, 'taken'],
  [400, 'malformed'],
  [413, 'malformed'],
  [401, 'refused'],
  [404, 'refused'],
  [429, 'turned_away'],
  [503, 'turned_away'],
  [500, 'failed'],
] as const)('a webhook that is answered with %i was %s', (status, outcome) => {
  expect(webhookOutcome(status)).toBe(outcome);
});
