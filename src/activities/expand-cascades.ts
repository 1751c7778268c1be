import { READ_BY_THIS_PASS } from '../connection/open-crm';
import { recordKey, type Roots } from '../meeting/linking/cascade';
import { customTypeWarning, WARNING_STEP } from '../meeting/warnings/pass-warnings';
import { loadPlanInput } from '../planning/input';
import { planLinks } from '../planning/links';
import { HubSpotReader } from '../planning/reader';
import { changedDuringPass } from '../store/meetings/affected-meetings';
import { saveAssociations } from '../store/mirror/associations';
import { replaceLinks } from '../store/meetings/links';
import type { MeetingKey } from '../store/meetings/key';
import { saveLinkBasis } from '../store/meetings/meetings';
import { requeue, theMeeting } from '../store/meetings/requeue';
import { deletedOrMergedAmong, trackRecords } from '../store/mirror/mirror';
import { savePassWarnings } from '../store/meetings/warnings';
import type { ActivityDependencies } from './dependencies';

/** Follows the cascade rule in HubSpot and stores every record that the meeting should be linked to. */
export function expandCascades(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async ({ roots, ...key }: MeetingKey & { readonly roots: Roots }): Promise<{ readonly links: number }> => {
    const { crm, portalId } = await dependencies.gateway.connect(key.workspaceId, READ_BY_THIS_PASS);
    const input = await loadPlanInput(db, key, portalId);
    if (input === null) return { links: 0 };
    const knownGone = new Set<string>();
    const reader = new HubSpotReader(crm, async (refs) => {
      const gone = await deletedOrMergedAmong(db, portalId, refs);
      for (const ref of gone) knownGone.add(recordKey(ref));
      return gone;
    });
    const { links, answered, basis } = await planLinks(reader, input, roots);
    await replaceLinks(db, key, portalId, links);
    await saveLinkBasis(db, key, basis);
    await trackRecords(db, portalId, links);
    await savePassWarnings(
      db,
      key,
      WARNING_STEP.customObjects,
      [...reader.refusals.types].map(([type, message]) => customTypeWarning(type, message)),
      input.row.pass_warnings,
    );
    await saveAssociations(db, portalId, answered);
    await requeue(db, changedDuringPass(key, portalId, links), 'hubspot_changed');
    // A process that found a record deleted or merged during this step did not see this meeting's link to it yet.
    const brought = links.filter(({ via }) => via === 'cascade');
    const gone = await deletedOrMergedAmong(db, portalId, brought);
    if (gone.some((ref) => !knownGone.has(recordKey(ref)))) await requeue(db, theMeeting(key), 'hubspot_changed');
    return { links: links.length };
  };
}
