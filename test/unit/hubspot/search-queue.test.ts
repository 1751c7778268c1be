import { expect, test } from '@jest/globals';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { BudgetExhaustedError } from '../../../src/hubspot/client/limiter';
import { SearchQueue, type Asker } from '../../../src/hubspot/search/search-queue';

const busy = () =>
  new HubSpotError('POST /search', {
    status: 429,
    retryAfter: null,
    body: { message: 'You have reached your secondly limit.' },
  });

/** A queue of searches for four inputs; `sent` lists what each was for. */
function queue(slot: () => Promise<void> = async () => undefined, refuse: () => Error | null = () => null) {
  const sent: (readonly string[])[] = [];
  const searches = new SearchQueue<string>(
    { slot },
    {
      fits: (inputs) => inputs.length <= 4,
      send: async (inputs) => {
        sent.push(inputs);
        const error = refuse();
        if (error !== null) throw error;
        return inputs.map((input) => `found ${input}`);
      },
    },
  );
  return { searches, sent };
}

test('a small asker shares the first search of a large one', async () => {
  const { searches, sent } = queue();
  const [large, small]: Asker[] = [{}, {}];
  const many = Array.from({ length: 12 }, (_, index) => searches.ask(`large ${index}`, large ?? {}));
  expect(await searches.ask('small', small ?? {})).toBe('found small');
  expect(sent[0]).toEqual(['large 0', 'small', 'large 1', 'large 2']);
  expect(await Promise.all(many)).toHaveLength(12);
  expect(sent).toHaveLength(4);
});

test('with more askers than fit into a search, each gets its turn', async () => {
  const { searches, sent } = queue();
  const askers = Array.from({ length: 6 }, (): Asker => ({}));
  await Promise.all(askers.flatMap((asker, of) => ['a', 'b'].map((each) => searches.ask(`${of}${each}`, asker))));
  expect(sent).toEqual([
    ['0a', '1a', '2a', '3a'],
    ['4a', '5a', '0b', '1b'],
    ['2b', '3b', '4b', '5b'],
  ]);
});

test('the same question of two askers is sent as one input', async () => {
  const { searches, sent } = queue();
  expect(await Promise.all([searches.ask('same', {}), searches.ask('same', {})])).toEqual(['found same', 'found same']);
  expect(sent).toEqual([['same']]);
});

test('waits for only one slot at a time', async () => {
  let waiting = 0;
  let most = 0;
  const { searches } = queue(async () => {
    most = Math.max(most, ++waiting);
    await new Promise((resolve) => setTimeout(resolve, 1));
    waiting -= 1;
  });
  const asker = {};
  await Promise.all(Array.from({ length: 20 }, (_, index) => searches.ask(String(index), asker)));
  expect(most).toBe(1);
});

test('a search that reaches the limit is repeated', async () => {
  const answers = [busy(), null];
  const { searches, sent } = queue(undefined, () => answers.shift() ?? null);
  expect(await searches.ask('a', {})).toBe('found a');
  expect(sent).toEqual([['a'], ['a']]);
});

test('any other failure fails only the questions of that search', async () => {
  const answers = [new Error('broken'), null];
  const { searches } = queue(undefined, () => answers.shift() ?? null);
  await expect(searches.ask('a', {})).rejects.toThrow('broken');
  expect(await searches.ask('b', {})).toBe('found b');
});

test('a budget that is closed for long fails all waiting searches', async () => {
  const closed = new BudgetExhaustedError('search', 3_600_000, 'day');
  const { searches, sent } = queue(() => Promise.reject(closed));
  const asked = await Promise.allSettled([searches.ask('a', {}), searches.ask('b', {})]);
  expect(asked.map((each) => (each.status === 'rejected' ? each.reason : null))).toEqual([closed, closed]);
  expect(sent).toEqual([]);
});

test('an asker that stops withdraws its own questions and no others', async () => {
  let grant = () => undefined as void;
  const granted = new Promise<void>((resolve) => (grant = resolve));
  const { searches, sent } = queue(() => granted);
  const stop = new AbortController();
  const stopped = searches.ask('stopped', { signal: stop.signal });
  const other = searches.ask('other', {});
  stop.abort();
  await expect(stopped).rejects.toThrow(BudgetExhaustedError);
  grant();
  expect(await other).toBe('found other');
  expect(sent).toEqual([['other']]);
  await expect(searches.ask('late', { signal: stop.signal })).rejects.toThrow(BudgetExhaustedError);
});
