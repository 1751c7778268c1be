import { z } from 'zod';
import type { Settings } from '../settings';

/** The settings that decide which of the reached records are linked. */
export type LinkSettings = Pick<Settings, 'openDealsOnly' | 'dealPipelines' | 'maxDeals' | 'customObjectTypes'>;

/** What a meeting's links are computed from: the content, because its participants count, and the settings. */
export interface LinkBasis extends LinkSettings {
  readonly bodyHash: string;
}

/** A setting that a stored basis lacks had its default. */
const storedBasis = z.object({
  bodyHash: z.string(),
  openDealsOnly: z.boolean().default(false),
  dealPipelines: z.array(z.string()).default([]),
  maxDeals: z.number().nullable().default(null),
  customObjectTypes: z.array(z.string()).default([]),
});

/** Reads a basis as it was stored with the links. @returns null for none */
export function readLinkBasis(stored: unknown): LinkBasis | null {
  return storedBasis.nullable().parse(stored);
}

/** Returns the present basis. */
export function linkBasis(bodyHash: string, settings: LinkSettings): LinkBasis {
  const { openDealsOnly, dealPipelines, maxDeals, customObjectTypes } = settings;
  return { bodyHash, openDealsOnly, dealPipelines, maxDeals, customObjectTypes };
}

/** How the basis of the previous pass's links compares with the present basis. */
export type ComparedBasis = {
  /** Whether the content, and so the participants, are the same. */
  readonly sameContent: boolean;
  /** Whether deals were chosen by the same `openDealsOnly` and `dealPipelines`. */
  readonly sameDealRules: boolean;
  readonly sameSettings: boolean;
};

/** @param before - the basis of the previous pass, null for none: the settings then count as the defaults */
export function compareBasis(before: LinkBasis | null, now: LinkBasis): ComparedBasis {
  const known = before ?? storedBasis.parse({ bodyHash: '' });
  const sameDealRules = known.openDealsOnly === now.openDealsOnly && sameItems(known.dealPipelines, now.dealPipelines);
  return {
    sameContent: before?.bodyHash === now.bodyHash,
    sameDealRules,
    sameSettings:
      sameDealRules && known.maxDeals === now.maxDeals && sameItems(known.customObjectTypes, now.customObjectTypes),
  };
}

/** The order of a list does not count. */
function sameItems(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());
}
