import { isUtf8 } from 'node:buffer';

/** A line of an NDJSON body, numbered from 1. */
export interface NdjsonLine {
  readonly line: number;
  /** Null when the line is too long. */
  readonly text: string | null;
  /** The line has invalid UTF-8, so `text` is not what its sender wrote. */
  readonly notUtf8?: true;
}

const NEWLINE = 0x0a;

/**
 * Splits a body into lines as it arrives, so that a file of any size needs the memory of one line. Empty lines are
 * counted but not yielded. A byte order mark and carriage returns are not part of a line.
 *
 * @param longest - bytes that a line may have; the content of a longer line is discarded
 */
export async function* ndjsonLines(body: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<NdjsonLine> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const add = (part: Uint8Array) => {
    length += part.length;
    if (length > longest) parts = [];
    else parts.push(part);
  };
  const finish = (): NdjsonLine | null => {
    // `trim` also removes a byte order mark.
    const bytes = Buffer.concat(parts);
    const text = length > longest ? null : bytes.toString('utf8').trim();
    const finished = text === '' ? null : { line, text, ...(isUtf8(bytes) ? {} : { notUtf8: true as const }) };
    line += 1;
    parts = [];
    length = 0;
    return finished;
  };
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      const finished = finish();
      if (finished !== null) yield finished;
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  const last = finish();
  if (last !== null) yield last;
}
