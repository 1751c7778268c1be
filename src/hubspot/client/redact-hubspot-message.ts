/**
 * HubSpot's error messages quote the request: "Property values were not valid: [… \"Acme & Co\" was not one of …]",
 * "The contact e:marc@acme.example does not exist" (both recorded). They are shown to people, logged, and kept in
 * Temporal's history, which must not contain addresses or meeting text.
 */

const ADDRESS = /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;
/**
 * HubSpot's own names of properties, options and scopes. They are kept, because a person needs them to know what to
 * change.
 */
const NAME = /^(?:[a-z][a-z0-9_.-]*|[A-Z][A-Z0-9_]*|[\d.:TZ-]*)$/;
const WORDS = new Set(['message', 'error_description']);
const LISTS = new Set(['errors', 'validationResults']);
const MESSAGES = [...WORDS, ...LISTS];
/** Shorter values occur in any sentence. */
const SHORTEST = 3;

/**
 * Removes the request's values from the messages of HubSpot's answer. Everything else in it stays unchanged.
 *
 * @param sent - the request's body
 * @param secrets - further values that no message may quote
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
    // A message that is partly JSON contains the value with JSON escapes.
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
