import { createHash } from 'node:crypto';
import { bareText } from '../meeting/content/html';
import { canonicalBody } from './canonical-body';

/** The property with the time of HubSpot's last change to a record. */
export const LAST_MODIFIED = 'hs_lastmodifieddate';

/**
 * Digests of one property's value, without its content. `exact` covers the value. `text` ignores markup, white space
 * and how a character is written, so that a body has the same one before and after HubSpot's clean-up. `looks` covers
 * the text and its looks, which stay when HubSpot only saves a body again ({@link canonicalBody}).
 */
export interface Fingerprint {
  readonly exact: string;
  readonly text: string;
  /** Only of bodies. Absent in what an earlier version stored. */
  readonly looks?: string;
}

const BODY = /_body$/;

const TIMES = new Set(['hs_timestamp', 'hs_meeting_start_time', 'hs_meeting_end_time']);

/** The digests of a value from HubSpot's answer. Unset, null and "" are the same. */
export function fingerprint(property: string, value: string | null | undefined): Fingerprint {
  const canonical = TIMES.has(property) ? milliseconds(value ?? '') : (value ?? '');
  const looks = BODY.test(property) ? { looks: digest(canonicalBody(canonical)) } : {};
  return { exact: digest(canonical), text: digest(bareText(canonical)), ...looks };
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
