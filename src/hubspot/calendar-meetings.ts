import { batcher } from './client/batching';
import type { CrmRecord } from './client/batch-answers';
import { unique } from './objects';
import type { Portal } from './client/portal';
import { searchAll } from './search/search';

const PROPERTIES = ['hs_i_cal_uid', 'hs_meeting_start_time', 'hs_timestamp'];
/** Maximum groups of one search ("Search the CRM"). */
const IDS_PER_SEARCH = 5;
/** HubSpot refuses a search whose body has over 3,000 characters. Calendars' ids can be long. */
const CHARACTERS_PER_SEARCH = 2_500;
/** Characters of a group besides its id. */
const GROUP_CHARACTERS = 90;

/** Finds meetings that a calendar created. */
export class CalendarMeetings {
  readonly #portal: Portal;
  /**
   * Finds meetings that may belong to the event with this id, for every occurrence of a series. The search index lags,
   * so the caller must read and compare the hits again.
   *
   * A search is right here because calendars create their events long before these take place. It costs one call for
   * five events, however long the timelines are. Reading the timelines of all matched records would cost more the
   * longer they are, and would miss meetings whose attendees HubSpot did not associate.
   */
  readonly ofEvent: (calendarEventId: string) => Promise<CrmRecord[]>;

  constructor(portal: Portal) {
    this.#portal = portal;
    this.ofEvent = batcher(portal, {
      budget: 'search',
      maxBatchSize: IDS_PER_SEARCH,
      send: (ids: readonly string[]) => this.#search(ids),
    });
  }

  async #search(ids: readonly string[]): Promise<CrmRecord[][]> {
    const hits: CrmRecord[] = [];
    for (const [index, some] of searches(unique(ids)).entries()) {
      // The batch came with a slot for the first search.
      // oxlint-disable-next-line no-await-in-loop -- almost always one search; more only for very long ids
      if (index > 0) await this.#portal.slot('search');
      const groups = some.map((value) => [{ propertyName: 'hs_i_cal_uid', operator: 'EQ' as const, value }]);
      // oxlint-disable-next-line no-await-in-loop -- as above
      hits.push(...(await searchAll(this.#portal, 'meetings', PROPERTIES, groups)));
    }
    return ids.map((id) =>
      hits.filter(({ properties }) => properties['hs_i_cal_uid']?.toLowerCase() === id.toLowerCase()),
    );
  }
}

/** Groups the ids into as few searches as their lengths allow. */
function searches(ids: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const characters = JSON.stringify(id).length + GROUP_CHARACTERS;
    if (characters > room || groups.length === 0) {
      groups.push([]);
      room = CHARACTERS_PER_SEARCH;
    }
    groups.at(-1)?.push(id);
    room -= characters;
  }
  return groups;
}
