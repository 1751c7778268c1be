import type { Settings } from '../settings';

/** The settings that decide which of the reached records are linked. */
export type LinkSettings = Pick<Settings, 'openDealsOnly' | 'dealPipelines' | 'maxDeals' | 'customObjectTypes'>;

const DEFAULTS: LinkSettings = { openDealsOnly: false, dealPipelines: [], maxDeals: null, customObjectTypes: [] };

/**
 * Returns what a meeting's links are computed from, as stored with the links: the content, because its participants
 * count, and the settings. With the default settings it is only the content's hash.
 */
export function linkBasis(bodyHash: string, settings: LinkSettings): string {
  const parts = partsOf(settings);
  return parts.join('') === partsOf(DEFAULTS).join('') ? bodyHash : [bodyHash, ...parts].join('\n');
}

/** How the basis of the previous pass's links compares with the present basis. */
export type ComparedBasis = {
  /** Whether the content, and so the participants, are the same. */
  readonly sameContent: boolean;
  /** Whether deals were chosen by the same `openDealsOnly` and `dealPipelines`. */
  readonly sameJudgement: boolean;
  readonly sameSettings: boolean;
};

/** @param before - the basis of the previous pass, null for none */
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

/** The parts are joined by line breaks, which `JSON.stringify` never adds. */
function partsOf({ openDealsOnly, dealPipelines, maxDeals, customObjectTypes }: LinkSettings): [string, string] {
  return [
    JSON.stringify([openDealsOnly, dealPipelines.toSorted()]),
    JSON.stringify([maxDeals, customObjectTypes.toSorted()]),
  ];
}
