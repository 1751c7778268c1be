import { isUtf8 } from 'node:buffer';

/** The body is not acceptable JSON. The message explains why to the sender. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/** Refused as a field name: it could change the prototype of objects. */
const PROTO = '__proto__';

/** The most characters of a field name that a message shows. */
const LONGEST_NAME = 100;

/**
 * Parses untrusted JSON. Refuses duplicate fields and invalid UTF-8: parsers read them differently, so another parser
 * may have checked a value that differs from the one stored here.
 *
 * @throws {@link NotJsonError}
 */
export function parseStrictJson(body: Uint8Array | string): unknown {
  if (typeof body !== 'string' && !isUtf8(body)) throw new NotJsonError('is not encoded as UTF-8');
  const text = (typeof body === 'string' ? body : Buffer.from(body).toString('utf8')).replace(/^\uFEFF/, '');
  const value = parse(text);
  const refusal = fieldRefusal(text);
  if (refusal !== null) throw new NotJsonError(refusal);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotJsonError(`is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const ESCAPES = /\\\\|\\u0000|\\u[dD][89a-fA-F][\da-fA-F]{2}/g;

/**
 * Removes characters that cannot be stored from a JSON text, for senders that would only repeat a refused request. In
 * valid JSON such characters only occur as escapes.
 */
export function storableJson(text: string): string {
  if (!/\\u(?:0000|[dD][89a-fA-F])/.test(text)) return text;
  let half = '';
  return text.replaceAll(ESCAPES, (escape, place: number) => {
    if (escape === '\\\\') return escape;
    if (escape === '\\u0000') return '';
    const isHigh = /^..[dD][89abAB]/.test(escape);
    const follows = text.slice(place + 6, place + 12);
    if (isHigh) {
      half = /^\\u[dD][c-fC-F][\da-fA-F]{2}$/.test(follows) ? follows : '';
      return half === '' ? '\\ufffd' : escape;
    }
    const isSecondHalf = half === escape;
    half = '';
    return isSecondHalf ? escape : '\\ufffd';
  });
}

/**
 * Finds the first duplicate or refused field in valid JSON, in one scan, and says why it is refused. It does not recurse, because senders choose
 * the depth, and bodies have up to 5 MB.
 */
function fieldRefusal(text: string): string | null {
  const objects: (Set<string> | null)[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '{') objects.push(new Set());
    else if (character === '[') objects.push(null);
    else if (character === '}' || character === ']') objects.pop();
    else if (character === '"') {
      const end = endOfText(text, index);
      const fields = objects.at(-1);
      if (fields && isField(text, end)) {
        const raw = text.slice(index, end + 1);
        const name: unknown = raw.includes('\\') ? JSON.parse(raw) : raw.slice(1, -1);
        if (typeof name !== 'string') return null;
        if (name === PROTO) return `has a field that is never accepted: "${PROTO}"`;
        if (fields.has(name)) return `has the field ${shown(name)} twice in one object`;
        fields.add(name);
      }
      index = end;
    }
  }
  return null;
}

/** @param start - index of the opening quote. @returns the index of the closing one */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
}

function isField(text: string, end: number): boolean {
  let next = end + 1;
  while (' \n\r\t'.includes(text[next] ?? '.')) next += 1;
  return text[next] === ':';
}

function shown(name: string): string {
  return JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
}
