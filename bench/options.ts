import { availableParallelism, totalmem } from 'node:os';

/** What is measured. `storm`: 15 % of the requests are answered with 429. `latency`: HubSpot answers 150 ms later. */
export const SCENARIOS = ['alone', 'backfill', 'mixed', 'lifted', 'latency', 'storm', 'memory'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface BenchOptions {
  /** Meetings of a backfill. */
  readonly meetings: number;
  /** Meetings of the backfill during which the worker's memory is measured. */
  readonly memoryMeetings: number;
  /** Meetings that are posted one after the other. */
  readonly liveMeetings: number;
  /** Meetings that the naive way syncs. */
  readonly naiveMeetings: number;
  readonly scenarios: readonly ScenarioName[];
  /** Write the table into the documents. */
  readonly write: boolean;
}

/** Reads the options from the environment. @throws for unknown scenarios and for counts that are no positive integers */
export function benchOptions(env: NodeJS.ProcessEnv): BenchOptions {
  const meetings = count(env, 'BENCH_MEETINGS', 1_000);
  return {
    meetings,
    memoryMeetings: count(env, 'BENCH_MEMORY_MEETINGS', 2 * meetings),
    liveMeetings: count(env, 'BENCH_LIVE_MEETINGS', 20),
    naiveMeetings: count(env, 'BENCH_NAIVE_MEETINGS', 20),
    scenarios: scenariosIn(env['BENCH_SCENARIOS'] ?? ''),
    write: env['BENCH_WRITE'] === '1',
  };
}

/** The machine without its name. Memory is in bytes. */
export function machine() {
  return { cores: availableParallelism(), memory: totalmem() };
}

function count(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name] || otherwise);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a positive integer`);
  return value;
}

function scenariosIn(list: string): ScenarioName[] {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !SCENARIOS.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`BENCH_SCENARIOS: ${unknown.join(', ')} is none of ${SCENARIOS.join(', ')}`);
  return names.length === 0 ? [...SCENARIOS] : SCENARIOS.filter((name) => names.includes(name));
}
