import { expect, test } from '@jest/globals';
import { summary } from '../../../src/dev/summary';
import type { StatusDocument } from '../../../src/client';
import type { DevSettings } from '../../../src/dev/settings';

const LINK = `http://localhost:3100/sign-in?token=${'t'.repeat(43)}`;
const settings = {
  env: {},
  dataFolder: '/home/ana/product/.data',
  secrets: { bootstrapApiKey: 'dev_key' },
  namespace: 'default',
} as DevSettings;
const addresses = {
  port: 3100,
  serverMetricsPort: 9465,
  workerMetricsPort: 9464,
  temporalUiUrl: null,
  sandboxUrl: 'http://127.0.0.1:4010',
};
const link = { objectType: 'contacts', via: 'participant', from: null } as const;
const example: Pick<StatusDocument, 'meetingId' | 'status' | 'reason' | 'links'> = {
  meetingId: 'example-meeting',
  status: 'synced',
  reason: null,
  links: [
    { ...link, id: '1' },
    { ...link, id: '2' },
  ],
};

test('names the link, the key and what to try, and breaks no link', () => {
  const lines = summary({ settings, addresses, link: LINK, example, columns: 60 }).split('\n');
  expect(lines.at(1)).toBe('─'.repeat(60));
  expect(lines.at(-1)).toBe('─'.repeat(60));
  expect(lines).toContain(`  Sign in      ${LINK}`);
  expect(lines).toContain('  API key      dev_key');
  expect(lines).toContain(
    '  Example      a meeting is on the timelines of 2 records: http://localhost:3100/meetings/example-meeting',
  );
});

test('says what keeps the example from the timelines', () => {
  const waiting = {
    ...example,
    status: 'waiting',
    reason: { code: 'hubspot_unavailable', message: 'HubSpot does not answer.', action: '' },
  } as const;
  const text = summary({ settings, addresses, link: LINK, example: waiting });
  expect(text).toMatch(/Example +a meeting is waiting: .*\n +HubSpot does not answer\./);
  expect(summary({ settings, addresses, link: LINK, example: null })).not.toMatch('Example');
});
