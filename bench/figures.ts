/** One measured figure, with what it is compared with in the same run. */
export interface Figure {
  /** Stable name for programs, such as `backfill.rate`. */
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The naive way's value, in the same unit. */
  readonly naive?: number;
  /** Whether a larger value is better. `@default 'less'` */
  readonly better?: 'more' | 'less';
  /** Share of HubSpot's limit of requests in ten seconds that was used meanwhile, 0 to 1. */
  readonly limitUsed?: number;
  /** Meetings a second that HubSpot's limit allows at this number of calls a meeting. */
  readonly limitAllows?: number;
  /** Compared with another figure, instead of the naive way: such as 1.2 times the latency of idle meetings. */
  readonly comparedWith?: { readonly name: string; readonly ratio: number };
}

/** How many times better than the naive way; undefined without one. */
export function timesBetter({ value, naive, better = 'less' }: Figure): number | undefined {
  if (naive === undefined) return undefined;
  return better === 'more' ? value / naive : naive / value;
}

/** The value below which this share of the values lies (nearest rank). NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Figures of a latency in seconds. @param naive - seconds that the naive way takes for one meeting */
export function latencyFigures(
  id: string,
  name: string,
  milliseconds: readonly number[],
  { naive, idle }: { readonly naive?: number | undefined; readonly idle?: readonly number[] | undefined },
): Figure[] {
  return ([50, 95, 99] as const).map((rank) => {
    const value = percentile(milliseconds, rank / 100) / 1_000;
    return {
      id: `${id}.p${rank}`,
      name: `${name}, p${rank}`,
      value,
      unit: 's',
      ...(naive === undefined ? {} : { naive }),
      ...(idle === undefined
        ? {}
        : { comparedWith: { name: 'idle', ratio: value / (percentile(idle, rank / 100) / 1_000) } }),
    };
  });
}
