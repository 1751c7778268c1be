import { z } from 'zod';

const retryAfter = z.number().int().positive().optional();

export const faultShape = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** A part of the path. */
      path: z.string().optional(),
      /** A regular expression that matches the path. */
      pattern: z.string().optional(),
      /** A part of the body, as JSON. */
      body: z.string().optional(),
      portalId: z.number().int().optional(),
    })
    .default({}),
  /** How often the injected fault applies (`@default` unlimited). */
  times: z.number().int().positive().optional(),
  /** How many matching requests pass before the injected fault applies. */
  after: z.number().int().nonnegative().optional(),
  probability: z.number().min(0).max(1).optional(),
  action: z.discriminatedUnion('kind', [
    /** Carries out the write, then closes the connection. */
    z.strictObject({ kind: z.literal('apply-then-cut') }),
    /** Closes the connection before anything is done. */
    z.strictObject({ kind: z.literal('cut') }),
    z.strictObject({ kind: z.literal('apply-then-500') }),
    z.strictObject({
      kind: z.literal('status'),
      status: z.number().int().min(200).max(599),
      body: z.unknown().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    z.strictObject({ kind: z.literal('html-502') }),
    /** Carries out the write, then sends half of the JSON response. */
    z.strictObject({ kind: z.literal('cut-json') }),
    /** Does nothing and sends no response until the sandbox closes or the injected fault is cleared. */
    z.strictObject({ kind: z.literal('hang') }),
    /** Answers COMPLETE without results, and does nothing. */
    z.strictObject({ kind: z.literal('empty-200') }),
    z.strictObject({ kind: z.literal('delay'), ms: z.number().int().nonnegative() }),
    z.strictObject({ kind: z.literal('locked-423') }),
    z.strictObject({ kind: z.literal('migration-477'), retryAfter }),
    z.strictObject({
      kind: z.literal('rate-limit-429'),
      policy: z.enum(['TEN_SECONDLY_ROLLING', 'SECONDLY', 'DAILY']),
      retryAfter,
    }),
    z.strictObject({ kind: z.literal('expired-401') }),
  ]),
});

export type Fault = z.input<typeof faultShape>;
export type FaultAction = z.infer<typeof faultShape>['action'];

interface StruckRequest {
  readonly method: string;
  readonly path: string;
  readonly portalId: number | null;
  readonly body?: unknown;
}

interface ActiveFault {
  id: number;
  fault: z.infer<typeof faultShape>;
  seen: number;
  struck: number;
}

/** The injected faults. Random decisions come from a seeded generator, so that a run can be repeated. */
export class Faults {
  private active: ActiveFault[] = [];
  private nextId = 1;
  private random: () => number;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  /** Adds an injected fault and returns its id. The first one that matches a request applies. */
  add(fault: Fault): number {
    const parsed = faultShape.parse(fault);
    const id = this.nextId++;
    this.active.push({ id, fault: parsed, seen: 0, struck: 0 });
    return id;
  }

  /** Removes one injected fault, or all of them. */
  clear(id?: number): void {
    this.active = id === undefined ? [] : this.active.filter((each) => each.id !== id);
  }

  seed(value: number): void {
    this.random = seededRandom(value);
  }

  list(): { id: number; fault: z.infer<typeof faultShape>; struck: number }[] {
    return this.active.map(({ id, fault, struck }) => ({ id, fault, struck }));
  }

  /** Returns the action for a request, and counts it. */
  strike(request: StruckRequest): FaultAction | null {
    for (const each of this.active) {
      if (!matches(each.fault, request)) continue;
      each.seen += 1;
      if (each.seen <= (each.fault.after ?? 0)) continue;
      if (each.fault.times !== undefined && each.struck >= each.fault.times) continue;
      if (each.fault.probability !== undefined && this.random() >= each.fault.probability) continue;
      each.struck += 1;
      return each.fault.action;
    }
    return null;
  }
}

function matches(fault: z.infer<typeof faultShape>, request: StruckRequest): boolean {
  const { method, path, pattern, body, portalId } = fault.match;
  return (
    (method === undefined || method.toUpperCase() === request.method) &&
    (portalId === undefined || portalId === request.portalId) &&
    (path === undefined || request.path.includes(path)) &&
    (body === undefined || JSON.stringify(request.body ?? null).includes(body)) &&
    (pattern === undefined || new RegExp(pattern, 'u').test(request.path))
  );
}

/** mulberry32: small, fast and the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
