import { recordAt } from '../../../connection/record-search';
import { isMeetingId } from '../../../meeting/meeting-id';
import type { RecordRef } from '../../../meeting/linking/cascade';
import { isActivity } from '../../../meeting/object-types';
import { searchWords } from './search-words';

/** What a person typed or pasted into the search. */
export type SearchQuery =
  | { readonly kind: 'nothing' }
  /**
   * The address of a record in HubSpot. `activityId`: of the activity on its timeline that the address opens, or of the
   * record itself when it is an activity; null for none.
   */
  | {
      readonly kind: 'record';
      readonly portalId: number;
      readonly record: RecordRef;
      readonly activityId: string | null;
    }
  /** The address of a meeting's page here. */
  | { readonly kind: 'meeting'; readonly meetingId: string }
  /** Any other address, such as that of a recording. */
  | { readonly kind: 'address'; readonly url: string }
  /** `meetingId`: the text, if it can be the id of a meeting. `recordId`: if it can be that of a record in HubSpot. */
  | {
      readonly kind: 'words';
      readonly words: readonly string[];
      readonly meetingId: string | null;
      readonly recordId: string | null;
    };

/** Addresses copied without their scheme. */
const HUBSPOT_PAGE = /^app[\w-]*\.hubspot\.com\//i;
const RECORD_ID = /^\d{1,20}$/;

/** Reads a query. @param publicUrl - where the pages of this installation are */
export function readQuery(text: string, publicUrl: string): SearchQuery {
  const typed = text.replaceAll('\0', '').trim();
  const url = HUBSPOT_PAGE.test(typed) ? `https://${typed}` : typed;
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    const found = recordAt(url);
    if (found !== null) {
      const { portalId, objectType, id } = found;
      const opened = new URL(url).searchParams.get('engagement') ?? '';
      const activityId = isActivity(objectType) ? id : RECORD_ID.test(opened) ? opened : null;
      return { kind: 'record', portalId, record: { objectType, id }, activityId };
    }
    const meetingId = meetingOn(url, publicUrl);
    return meetingId === null ? { kind: 'address', url } : { kind: 'meeting', meetingId };
  }
  const words = searchWords(typed);
  if (words.length === 0) return { kind: 'nothing' };
  return {
    kind: 'words',
    words,
    meetingId: isMeetingId(typed) ? typed : null,
    recordId: RECORD_ID.test(typed) ? typed : null,
  };
}

function meetingOn(url: string, publicUrl: string): string | null {
  const pages = `${publicUrl}/meetings/`;
  if (!url.startsWith(pages)) return null;
  const part = new URL(url).pathname.slice(new URL(pages).pathname.length).split('/')[0] ?? '';
  try {
    const id = decodeURIComponent(part);
    return isMeetingId(id) ? id : null;
  } catch {
    return null;
  }
}
