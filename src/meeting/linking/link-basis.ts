import type { Settings } from '../settings';

/** The settings that decide which of the reached records are linked. */
export type LinkSettings = Pick<Settings, 'openDealsOnly' | 'dealPipelines' | 'maxDeals' | 'customObjectTypes'>;

const DEFAULTS: LinkSettings = { openDealsOnly: false, dealPipelines: [], maxDeals: null, customObjectTypes: [] };

/**
 * What a meeting's links are computed from, as it is kept with them: the content, whose participants count, and the
 * settings. With the default settings it is the content's hash alone.
 */
export function linkBasis(bodyHash: string, settings: LinkSettings): string {
  const parts = partsOf(settings);
  return parts.join('') === partsOf(DEFAULTS).join('') ? bodyHash : [bodyHash, ...parts].join('\n');
}

/** What the links of the pass before have in common with those that are computed now. */
export type ComparedBasis = {
  /** The same content, so the same participants. */
  readonly sameContent: boolean;
  /** Deals were judged by the same `openDealsOnly` and `dealPipelines`. */
  readonly sameJudgement: boolean;
  readonly sameSettings: boolean;
};

/** @param before - the basis of the pass before, null for none */
export function compareBasis(before: string | null, bodyHash: string, settings: LinkSettings): ComparedBasis {
  const defaults = partsOf(DEFAULTS);
  const [content, judgement = defaults[0], others = defaults[1]] = before?.split('\n') ?? [];
  const now = partsOf(settings);
  return {
    sameContent: content === bodyHash,
    sameJudgement: judgement === now[0],
    sameSettings: judgement === now[0] && others === now[1],
  };
}

/** JSON has no line breaks of its own. */
function partsOf({ openDealsOnly, dealPipelines, maxDeals, customObjectTypes }: LinkSettings): [string, string] {
  return [
    JSON.stringify([openDealsOnly, dealPipelines.toSorted()]),
    JSON.stringify([maxDeals, customObjectTypes.toSorted()]),
  ];
}
