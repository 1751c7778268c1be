import { expandCascades as expand, type AssociationRead, type Neighbours, type Roots } from '../meeting/cascade';
import { replaceLinks } from '../store/links';
import type { MeetingKey } from '../store/meetings';
import type { ActivityDependencies } from './dependencies';

/** Follows the cascade rule in HubSpot and stores every record that the meeting should be linked to. */
export function expandCascades(dependencies: ActivityDependencies) {
  return async ({ roots, ...key }: MeetingKey & { readonly roots: Roots }): Promise<{ readonly links: number }> => {
    const { crm, portalId } = await dependencies.gateway.connect(key.workspaceId);
    const read = async (reads: readonly AssociationRead[]): Promise<Neighbours[]> => {
      const answers = reads.flatMap(({ from, to, ids }) =>
        ids.map(async (id): Promise<Neighbours> => {
          const neighbours = await crm.associations(from, to).of(id);
          return { from: { objectType: from, id }, to: neighbours.map((toId) => ({ objectType: to, id: toId })) };
        }),
      );
      return await Promise.all(answers);
    };
    const links = await expand(roots, {}, read);
    await replaceLinks(dependencies.db, key, portalId, links);
    return { links: links.length };
  };
}
