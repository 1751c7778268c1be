/**
 * HubSpot's error messages quote what was sent: "Property values were not valid: [… \"Acme & Co\" was not one of …]",
 * "The contact e:marc@acme.example does not exist" (both recorded). They are shown to people, logged, and kept in
 * Temporal's history, where no address and no meeting text may stand.
 */

const ADDRESS = /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;
/** HubSpot's own words: names of properties, options and scopes. Kept, since they tell a person what to change. */
const NAME = /^(?:[a-z][a-z0-9_.-]*|[A-Z][A-Z0-9_]*|[\d.:TZ-]*)$/;
const WORDS = new Set(['message', 'error_description']);
const LISTS = new Set(['errors', 'validationResults']);
const MESSAGES = [...WORDS, ...LISTS];
/** Shorter values stand in any sentence. */
const SHORTEST = 3;

/**
 * An answer of HubSpot's whose messages no longer quote what was sent; everything else of it is as it came.
 *
 * @param sent - the request's body
 * @param secrets - whatever else no message may quote
 */
export function withoutEchoes(body: unknown, sent: unknown, secrets: readonly string[]): unknown {
  if (typeof body !== 'object' || body === null || !MESSAGES.some((name) => name in body)) return body;
  const values = [...new Set([...textsIn(sent), ...secrets])].toSorted((a, b) => b.length - a.length);
  const clean = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(clean);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, value]) => {
        if (typeof value === 'string') return [name, WORDS.has(name) ? masked(value, values) : value];
        return [name, LISTS.has(name) ? clean(value) : value];
      }),
    );
  };
  return clean(body);
}

function masked(message: string, values: readonly string[]): string {
  const withoutValues = values.reduce(
    // In a message that is JSON in part, the value is quoted once more.
    (text, value) => text.replaceAll(value, '…').replaceAll(JSON.stringify(value).slice(1, -1), '…'),
    message,
  );
  return withoutValues.replaceAll(ADDRESS, '…');
}

/** Every value of a request that may be a person's words. */
function textsIn(sent: unknown): string[] {
  if (typeof sent === 'string') return sent.length < SHORTEST || NAME.test(sent) ? [] : [sent];
  return typeof sent === 'object' && sent !== null ? Object.values(sent).flatMap(textsIn) : [];
}
