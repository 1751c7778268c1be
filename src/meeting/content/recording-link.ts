import type { ProcessedMeeting } from '../intake/schema';
import { isHttpUrl } from './urls';

/** The page of the recording as it was posted, which most players open at its beginning. */
export const PLAIN_LINK = '{url}';

const MAX_CHARACTERS = 500;

type Recording = Pick<ProcessedMeeting, 'meetingId' | 'recordingUrl'>;
type Fill = (recording: Recording, startSeconds: number) => string;

const RECORDING_PLACEHOLDERS: Readonly<Record<string, Fill>> = {
  '{url}': ({ recordingUrl }) => recordingUrl,
  '{encodedUrl}': ({ recordingUrl }) => encodeURIComponent(recordingUrl),
  '{meetingId}': ({ meetingId }) => encodeURIComponent(meetingId),
};
const PLACEHOLDERS: Readonly<Record<string, Fill>> = {
  ...RECORDING_PLACEHOLDERS,
  '{seconds}': (_, startSeconds) => String(Math.floor(startSeconds)),
  '{milliseconds}': (_, startSeconds) => String(Math.round(startSeconds * 1_000)),
};

/** Whole placeholders, and single braces, which are mistyped ones. */
const IN_BRACES = /\{[^{}]*\}|[{}]/g;

/**
 * Returns the address of a recording at a second, or null when the format results in no http(s) address.
 *
 * @param format - one that {@link linkFormatError} accepts, for example `{url}?t={seconds}`. Its query is added to the
 *   one that the recording's address has, and so is its fragment.
 */
export function recordingLink(format: string, recording: Recording, startSeconds: number): string | null {
  const fill = (text: string) =>
    text.replaceAll(IN_BRACES, (name) => PLACEHOLDERS[name]?.(recording, startSeconds) ?? name);
  const link = format.startsWith(PLAIN_LINK)
    ? extended(recording.recordingUrl, fill(format.slice(PLAIN_LINK.length)))
    : fill(format);
  return isHttpUrl(link) ? link : null;
}

/**
 * Returns the recording at a second, in the workspace's format if that names the second. Otherwise by a media fragment
 * (`#t=312`), which changes neither the page nor its signature; an address with a fragment of its own stays as it is.
 *
 * @param recording - `recordingUrl`: null if it is not known
 * @param format - the setting `recordingLinkFormat`
 */
export function recordingAt(
  { meetingId, recordingUrl }: { readonly meetingId: string; readonly recordingUrl: string | null },
  startSeconds: number | null,
  format: string | null,
): string | null {
  if (recordingUrl === null || startSeconds === null) return recordingUrl;
  const namesSecond = format !== null && /\{(?:milli)?seconds\}/.test(format);
  if (!namesSecond && recordingUrl.includes('#')) return recordingUrl;
  const used = namesSecond ? format : `${PLAIN_LINK}#t={seconds}`;
  return recordingLink(used, { meetingId, recordingUrl }, startSeconds) ?? recordingUrl;
}

/** Returns what a format must be, to be read after the name of its field, or null for one that can be used. */
export function linkFormatError(format: string): string | null {
  if (format.length > MAX_CHARACTERS) return `must not have more than ${MAX_CHARACTERS} characters`;
  const names = format.match(IN_BRACES) ?? [];
  const unknown = names.find((name) => !Object.hasOwn(PLACEHOLDERS, name));
  if (unknown !== undefined)
    return `must not contain "${unknown}": it takes ${Object.keys(PLACEHOLDERS).join(', ')} and text without braces`;
  const ofRecording = Object.keys(RECORDING_PLACEHOLDERS);
  if (!names.some((name) => ofRecording.includes(name)))
    return `must contain one of ${ofRecording.join(', ')}, or all links lead to the same page`;
  if (format.lastIndexOf(PLAIN_LINK) > 0) return 'must begin with {url}, or contain {encodedUrl} instead';
  if (format.startsWith(PLAIN_LINK) && !/^(?:[?#]|$)/.test(format.slice(PLAIN_LINK.length)))
    return 'must continue after {url} with ? or #';
  const sample = { meetingId: 'm-1', recordingUrl: 'https://recordings.example/m-1' };
  return recordingLink(format, sample, 0) === null ? 'must be the form of an http or https address' : null;
}

/** Adds a query and a fragment to an address that may have its own. */
function extended(url: string, suffix: string): string {
  const [base = '', ...ownFragment] = url.split('#');
  const [query = '', ...fragment] = suffix.split('#');
  const withQuery = query.length < 2 ? base : `${base}${base.includes('?') ? '&' : '?'}${query.slice(1)}`;
  const fragments = [ownFragment, fragment].map((parts) => parts.join('#')).filter((part) => part !== '');
  return fragments.length === 0 ? withQuery : `${withQuery}#${fragments.join('&')}`;
}
