import type { Asked } from './asked';
import type { Raw } from './raw';

export type ContextType = 'companies' | 'contacts';

/** A linked company or contact. Empty properties when HubSpot no longer has it, or it was never read. */
export interface ContextRecord {
  readonly id: string;
  readonly industry: string | null;
  readonly lifecycleStage: string | null;
  /** The counting key. */
  readonly jobTitle: string | null;
  readonly properties: Readonly<Record<string, string | null>>;
}

export const fold = (text: string) =>
  text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();

export function contextRecord(id: string, record: Raw['records'][number] | undefined): ContextRecord {
  const properties = record === undefined || record.archived ? {} : (record.properties ?? {});
  const written = (name: string) => (properties[name] ?? '').replaceAll(/^ +| +$/g, '') || null;
  return {
    id,
    properties,
    industry: written('industry'),
    lifecycleStage: written('lifecyclestage'),
    jobTitle: fold(properties['jobtitle'] ?? '') || null,
  };
}

export function filtersContext(type: ContextType, { industry, lifecycleStage, jobTitle }: Asked['filters']): boolean {
  return type === 'companies' ? industry !== undefined : (lifecycleStage ?? jobTitle) !== undefined;
}

export function contextMatches(
  record: ContextRecord,
  type: ContextType,
  { industry, lifecycleStage, jobTitle }: Asked['filters'],
): boolean {
  if (type === 'companies') return industry === undefined || record.industry === industry;
  return (
    (lifecycleStage === undefined || record.lifecycleStage === lifecycleStage) &&
    (jobTitle === undefined || record.jobTitle === fold(jobTitle))
  );
}
