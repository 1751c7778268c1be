import type { Crm } from '../hubspot/crm';
import { expandCascades as expand, recordKey, type AssociationRead, type Link, type Roots } from '../meeting/cascade';
import { standingLinks } from '../meeting/standing-links';
import { saveAssociations, type TypedNeighbours } from '../store/associations';
import { listLinks, replaceLinks } from '../store/links';
import { listManualLinks } from '../store/manual-links';
import { findMeeting, saveLinkedContent, type MeetingKey } from '../store/meetings';
import { sightRecords } from '../store/mirror';
import { loadSettings } from '../store/settings';
import type { ActivityDependencies } from './dependencies';

const DAY_MS = 24 * 3_600_000;

/** Follows the cascade rule in HubSpot and stores every record that the meeting should be linked to. */
export function expandCascades(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async ({ roots, ...key }: MeetingKey & { readonly roots: Roots }): Promise<{ readonly links: number }> => {
    const { crm, portalId } = await dependencies.gateway.connect(key.workspaceId);
    const [meeting, { unlinked }, { customObjectTypes, lateLinkDays }, stored] = await Promise.all([
      findMeeting(db, key),
      listManualLinks(db, key, portalId),
      loadSettings(db, key.workspaceId),
      listLinks(db, key, portalId),
    ]);
    if (meeting === null) return { links: 0 };
    const answered: TypedNeighbours[] = [];
    const computed = await expand(roots, { unlinked, customObjectTypes }, async (reads) => {
      const found = await neighbours(crm, reads);
      answered.push(...found);
      return found;
    });
    const excluded = new Set(unlinked.map(recordKey));
    // Other participants, other links: only the same meeting's links are carried on.
    const previous =
      meeting.linked_body_hash === meeting.body_hash ? stored.filter((link) => !excluded.has(recordKey(link))) : [];
    const links = standingLinks(computed, previous, {
      presentId: await presentIds(crm, without(previous, computed)),
      addsLate: stored.length === 0 || Date.now() < lateFrom(meeting) + lateLinkDays * DAY_MS,
    });
    await replaceLinks(db, key, portalId, links);
    await saveLinkedContent(db, key, meeting.body_hash);
    await sightRecords(db, portalId, links);
    await saveAssociations(db, portalId, answered);
    return { links: links.length };
  };
}

/** When the time for late links begins: a meeting that came in long after it took place has its full time too. */
function lateFrom(meeting: { readonly started_at: Date; readonly accepted_at: Date }): number {
  return Math.max(meeting.started_at.getTime(), meeting.accepted_at.getTime());
}

/** What HubSpot associates with the records now; an entry for every record and type that was asked for. */
async function neighbours(crm: Crm, reads: readonly AssociationRead[]): Promise<TypedNeighbours[]> {
  const answers = reads.flatMap(({ from, to, ids }) =>
    ids.map(async (id): Promise<TypedNeighbours> => {
      const found = await crm.associations(from, to).of(id);
      return { from: { objectType: from, id }, toType: to, to: found.map((toId) => ({ objectType: to, id: toId })) };
    }),
  );
  return await Promise.all(answers);
}

/** Reads the records that are no longer reached: HubSpot does not say whether they are gone, merged or merely let go. */
async function presentIds(
  crm: Crm,
  links: readonly Link[],
): Promise<(link: { objectType: string; id: string }) => string | null> {
  const read = await Promise.all(
    links.map(
      async (link) => [recordKey(link), (await crm.objects(link.objectType).read(link.id))?.id ?? null] as const,
    ),
  );
  const present = new Map(read);
  return (link) => {
    const id = present.get(recordKey(link));
    return id === undefined ? link.id : id;
  };
}

function without(links: readonly Link[], others: readonly Link[]): Link[] {
  const known = new Set(others.map(recordKey));
  return links.filter((link) => !known.has(recordKey(link)));
}
