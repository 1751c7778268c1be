import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, test } from '@jest/globals';
import { requestDeletion } from '../../src/store/meetings/delete-meeting';
import { HUBSPOT_LIMITS } from '../../sandbox/settings';
import { meeting } from '../../test/support/meetings';
import { startStack, type Stack } from '../../test/support/stack';

/** Meetings of many people whom HubSpot does not know, under its limit of five searches a second for all apps. */
let stack: Stack;
afterEach(() => stack.close());

async function start(): Promise<void> {
  stack = await startStack({
    timeScale: 1,
    sandbox: { limits: HUBSPOT_LIMITS },
    env: { HUBSPOT_SEARCHES_PER_SECOND: '5' },
  });
  await stack.connect();
}

const unknown = (of: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ email: `guest${index}@${of}${index}.example` }));
/** Contacts that show how HubSpot reads lists. */
function witnesses(): void {
  const { crm } = stack.sandbox;
  crm.create('contacts', { email: 'a@w.example', hs_additional_emails: 'b@w.example;c@w.example' });
  crm.create('companies', { name: 'W', domain: 'w.example', hs_additional_domains: 'w2.example;w3.example' });
}
async function timed(meetingId: string, people: readonly { readonly email: string }[]) {
  const startedAt = Date.now();
  await stack.post(meeting({ meetingId, participants: [...people] }));
  const { status } = await stack.until(meetingId, 'synced', 'skipped', 'needs_attention', 'deleted');
  return `${meetingId}: ${status} after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
}
function report(what: string, ...lines: readonly string[]): void {
  const searches = stack.sandbox.requests.list({ path: '/search' });
  const seconds = ((searches.at(-1)?.at ?? 0) - (searches[0]?.at ?? 0)) / 1_000;
  const refused = searches.filter(({ status }) => status === 429).length;
  console.log(
    `${what}\n  ${lines.join('\n  ')}\n  ${searches.length} searches in ${seconds.toFixed(1)} s (${(searches.length / seconds).toFixed(1)} a second), ${refused} met a 429`,
  );
}

test.each([
  ['lists are not proven', () => undefined],
  ['lists are proven', witnesses],
])(
  '200 unknown people on 200 domains, alone, where %s',
  async (name, prepare) => {
    await start();
    prepare();
    report(`200 people, ${name}`, await timed('large', unknown('large', 200)));
  },
  400_000,
);

test('small meetings beside 200 unknown people', async () => {
  await start();
  const small = async (index: number) => {
    await sleep(2_000 + index * 2_000);
    return await timed(`small-${index}`, unknown(`small-${index}-`, 2));
  };
  report(
    'beside 200 people',
    ...(await Promise.all([timed('large', unknown('large', 200)), ...Array.from({ length: 8 }, (_, i) => small(i))])),
  );
}, 400_000);

test.each([2, 4])(
  'with another app that searches %i times a second',
  async (perSecond) => {
    await start();
    stack.sandbox.settings.otherAppSearchesPerSecond = perSecond;
    report(
      `another app, ${perSecond} a second`,
      await timed('20-guests', unknown('twenty', 20)),
      await timed('120-guests', unknown('many', 120)),
    );
  },
  400_000,
);

test('150 unknown people, deleted after eight seconds', async () => {
  await start();
  await stack.post(meeting({ meetingId: 'deleted', participants: unknown('deleted', 150) }));
  await sleep(8_000);
  const { status, reason } = await stack.status('deleted');
  const startedAt = Date.now();
  await requestDeletion(stack.product.db, stack.workspaceId, 'deleted');
  await stack.starter.start(stack.workspaceId, 'deleted');
  await stack.until('deleted', 'deleted');
  report(
    'deletion',
    `${status}: ${reason?.message ?? ''}`,
    `deleted ${((Date.now() - startedAt) / 1_000).toFixed(1)} s later`,
  );
}, 400_000);
