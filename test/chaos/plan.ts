import type { Fault, FaultAction } from '../../sandbox/http/faults';
import type { TcpFault } from '../support/proxy';

/** Everything that the seed determines. Each fault depends only on the seed, not on time or on other routes. */
export interface ChaosPlan {
  /** Faults of HubSpot's responses, by number of the request of each route. */
  readonly answers: readonly Fault[];
  /** Faults of connections to each server, by number of the connection. */
  readonly connections: Record<'hubspot' | 'postgres' | 'temporal', (connection: number) => TcpFault | null>;
  /**
   * Kills worker `worker` at the n-th write: HubSpot has created an activity or changed a property of a record, and the
   * worker has no response yet.
   */
  readonly kills: readonly { readonly atWrite: number; readonly worker: number }[];
  /** Events that happen once HubSpot has received a number of requests. */
  readonly events: readonly ChaosEvent[];
}

export type ChaosEvent = { readonly atRequest: number } & (
  | { readonly kind: 'resync' | 'repost' | 'change'; readonly meeting: number }
  | { readonly kind: 'away'; readonly server: 'hubspot' | 'postgres' | 'temporal'; readonly ms: number }
  | { readonly kind: 'kill'; readonly worker: number }
);

/** The longest delay of a slow response, in milliseconds. */
const SLOW_MS = 2_500;

type Chances = readonly (readonly [chance: number, action: (random: () => number) => FaultAction])[];

const is = (action: FaultAction) => () => action;
const limited: Chances[number] = [0.15, is({ kind: 'rate-limit-429', policy: 'TEN_SECONDLY_ROLLING', retryAfter: 1 })];
const slow: Chances[number] = [0.04, (random) => ({ kind: 'delay', ms: Math.round(50 + random() * SLOW_MS) })];

/** The rates that the product must survive: 30 % of creates are applied without a response, 15 % get a 429. */
const CREATES: Chances = [
  [0.3, is({ kind: 'apply-then-cut' })],
  limited,
  [0.04, is({ kind: 'apply-then-500' })],
  [0.03, is({ kind: 'cut-json' })],
  [0.03, is({ kind: 'cut' })],
  [0.03, is({ kind: 'html-502' })],
  [0.03, is({ kind: 'empty-200' })],
  [0.03, is({ kind: 'locked-423' })],
  [0.02, is({ kind: 'migration-477', retryAfter: 1 })],
  [0.04, is({ kind: 'expired-401' })],
  [0.01, is({ kind: 'hang' })],
  slow,
];
const OTHERS: Chances = [
  limited,
  [0.04, is({ kind: 'apply-then-cut' })],
  [0.02, is({ kind: 'cut' })],
  [0.03, is({ kind: 'apply-then-500' })],
  [0.03, is({ kind: 'html-502' })],
  [0.03, is({ kind: 'cut-json' })],
  [0.02, is({ kind: 'empty-200' })],
  [0.02, is({ kind: 'locked-423' })],
  [0.01, is({ kind: 'migration-477', retryAfter: 1 })],
  [0.03, is({ kind: 'expired-401' })],
  [0.01, is({ kind: 'hang' })],
  slow,
];
/** The normal response to an archive is 204 without a body, so an empty 200 is no fault there. */
const ARCHIVES: Chances = OTHERS.filter(([, action]) => action(() => 0).kind !== 'empty-200');
const TOKENS: Chances = [
  [0.1, is({ kind: 'apply-then-cut' })],
  [0.05, is({ kind: 'apply-then-500' })],
  [0.05, is({ kind: 'html-502' })],
  [0.05, is({ kind: 'cut-json' })],
  [0.05, is({ kind: 'empty-200' })],
  slow,
];

/** All HubSpot routes that a sync uses. Each has its own schedule of faults. */
const ROUTES: readonly (readonly [pattern: string, chances: Chances])[] = [
  ['/oauth/.*token$', TOKENS],
  ['/objects/[^/]*/meetings/batch/create$', CREATES],
  ['/objects/[^/]*/notes/batch/create$', CREATES],
  ['/objects/[^/]*/tasks/batch/create$', CREATES],
  ['/objects/.*/batch/update$', OTHERS],
  ['/objects/.*/batch/archive$', ARCHIVES],
  ['/objects/.*/batch/read$', OTHERS],
  ['/objects/.*/search$', OTHERS],
  ['/objects/[^/]*/[^/]*/\\d+$', OTHERS],
  ['/owners', OTHERS],
  ['/associations/.*/batch/read$', OTHERS],
  ['/associations/.*/batch/associate/default$', OTHERS],
  ['/associations/.*/batch/archive$', ARCHIVES],
];

/** Generates the plan of a run. Pure: the same seed and size give the same plan. */
export function planChaos(seed: number, meetings: number): ChaosPlan {
  const pick = <Item>(random: () => number, items: readonly [Item, ...Item[]]): Item =>
    items[Math.floor(random() * items.length)] ?? items[0];
  const upTo = (random: () => number, bound: number) => Math.floor(random() * bound);

  const random = generator(seed, 'events');
  const some = (count: number, kind: 'resync' | 'repost' | 'change') =>
    Array.from({ length: Math.ceil(count) }, () => ({
      kind,
      atRequest: upTo(random, meetings * 3),
      meeting: upTo(random, meetings),
    }));
  const rounds = Math.max(1, Math.round(meetings / 50));
  const away = (['hubspot', 'postgres', 'temporal'] as const).flatMap((server) =>
    Array.from({ length: rounds }, () => ({
      kind: 'away' as const,
      server,
      atRequest: upTo(random, meetings * 2),
      ms: 300 + upTo(random, 1_500),
    })),
  );
  return {
    answers: ROUTES.flatMap(([pattern, chances]) => scheduleOf(seed, pattern, chances, 60 + meetings * 4)),
    connections: {
      hubspot: tcpFaults(seed, 'hubspot', { cut: 0.12, slow: 0.1, refused: 0.03, maxBytes: 30_000 }),
      postgres: tcpFaults(seed, 'postgres', { cut: 0.3, slow: 0.1, refused: 0.03, maxBytes: 150_000 }),
      temporal: tcpFaults(seed, 'temporal', { cut: 0.6, slow: 0.1, refused: 0.1, maxBytes: 400_000 }),
    },
    kills: Array.from({ length: rounds }, () => ({
      atWrite: 1 + upTo(random, meetings * 3),
      worker: upTo(random, 2),
    })),
    events: [
      ...some(meetings / 4, 'resync'),
      ...some(meetings / 8, 'repost'),
      ...some(meetings / 5, 'change'),
      ...away,
      ...Array.from({ length: rounds }, () => ({
        kind: 'kill' as const,
        atRequest: upTo(random, meetings * 2),
        worker: pick(random, [0, 1]),
      })),
    ].toSorted((a, b) => a.atRequest - b.atRequest),
  };
}

/** Generates one fault for each affected request. `after` counts the requests without a fault before it. */
function scheduleOf(seed: number, pattern: string, chances: Chances, requests: number): Fault[] {
  const random = generator(seed, pattern);
  const faults: Fault[] = [];
  let calm = 0;
  for (let request = 0; request < requests; request += 1) {
    let drawn = random();
    const struck = chances.find(([chance]) => (drawn -= chance) < 0);
    // The sandbox tries the faults of a route in order, and those after the one that applies do not count the request.
    if (struck === undefined) calm += 1;
    else faults.push({ match: { pattern }, after: calm, times: 1, action: struck[1](random) });
  }
  return faults;
}

function tcpFaults(
  seed: number,
  server: string,
  { cut, slow: slowChance, refused, maxBytes }: { cut: number; slow: number; refused: number; maxBytes: number },
): (connection: number) => TcpFault | null {
  return (connection) => {
    const random = generator(seed, `${server}/${connection}`);
    const drawn = random();
    if (drawn < refused) return { kind: 'refused' };
    if (drawn < refused + slowChance) return { kind: 'latency', ms: 2 + Math.floor(random() * 40) };
    if (drawn >= refused + slowChance + cut) return null;
    return { kind: random() < 0.6 ? 'lost-answer' : 'half-answer', afterBytes: Math.floor(random() * maxBytes) };
  };
}

/** A generator of numbers from 0 to 1 for a seed and a name (xorshift over a hash of both). */
export function generator(seed: number, name: string): () => number {
  let state = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (const character of name) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  state = state === 0 ? 1 : state;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 8; round += 1) next();
  return next;
}
