import { createHash } from 'node:crypto';
import { bareText } from '../meeting/content/html';

/** The property with the time of HubSpot's last change to a record. */
export const LAST_MODIFIED = 'hs_lastmodifieddate';

/**
 * Digests of one property's value, without its content. `exact` covers the value. `text` ignores markup, white space
 * and how a character is written, so that a body has the same one before and after HubSpot's clean-up.
 */
export interface Fingerprint {
  readonly exact: string;
  readonly text: string;
}

const TIMES = new Set(['hs_timestamp', 'hs_meeting_start_time', 'hs_meeting_end_time']);

/** The digests of a value from HubSpot's answer. Unset, null and "" are the same. */
export function fingerprint(property: string, value: string | null | undefined): Fingerprint {
  const canonical = TIMES.has(property) ? milliseconds(value ?? '') : (value ?? '');
  return { exact: digest(canonical), text: digest(bareText(canonical)) };
}

/** HubSpot returns times as ISO 8601, with or without a fraction, or as milliseconds. */
function milliseconds(value: string): string {
  const time = /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(time) ? value : String(time);
}

/** 132 bits are enough to distinguish two values of one property. */
function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, 22);
}
