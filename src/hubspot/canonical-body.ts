import sanitizeHtml from 'sanitize-html';

/** Tags that look the same to a reader, by the name that the canonical form has. */
const SAME_LOOK: Readonly<Record<string, string>> = { b: 'strong', i: 'em', strike: 's', del: 's', ins: 'u' };
/** No tag of HTML: marks wrappers, whose content stays. */
const WRAPPER = 'wrapper';
const KEPT = [...sanitizeHtml.defaults.allowedTags, 'img', 'u', 's', 'font'].filter((tag) => tag !== 'div');
const ALL_ATTRIBUTES = { allowedAttributes: false, parseStyleAttributes: false } as const;

/** Attributes that change nothing for a reader. */
const UNSEEN = /^(?:data-|aria-)|^(?:dir|class|id|rel|target|title|lang|spellcheck)$/;

/**
 * Returns a body in one form for all ways in which HubSpot saves the same text with the same looks: entities and
 * characters, white space and `&nbsp;`, case and order of tags and attributes, `b` and `strong`, wrappers without looks
 * of their own. Words, emphasis, lists, links, line breaks, images and styles stay.
 */
export function canonicalBody(html: string): string {
  // In two runs: the library gives a tag that it renames and drops at once a wrong end.
  const renamed = sanitizeHtml(html, {
    ...ALL_ATTRIBUTES,
    allowedTags: [...KEPT, WRAPPER],
    transformTags: {
      '*': (tagName, attribs) => {
        const attributes = looksOf(attribs);
        const isWrapper = tagName === 'span' && Object.keys(attributes).length === 0;
        return { tagName: isWrapper ? WRAPPER : (SAME_LOOK[tagName] ?? tagName), attribs: attributes };
      },
    },
  });
  const clean = sanitizeHtml(renamed, { ...ALL_ATTRIBUTES, allowedTags: KEPT });
  // Attributes have no `<` or `>` here, so a tag ends at the next `>`.
  return clean
    .replaceAll(/[\s\u200B\uFEFF]+/gu, ' ')
    .replaceAll('> ', '>')
    .replaceAll(' <', '<')
    .trim();
}

function looksOf(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const seen = Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    const text = name === 'style' ? canonicalStyle(value) : value.trim();
    return UNSEEN.test(name) || text === '' ? [] : [[name, text]];
  });
  return Object.fromEntries(seen.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function canonicalStyle(style: string): string {
  return style
    .split(';')
    .map((each) => each.replaceAll(/\s/g, '').toLowerCase())
    .filter((each) => each !== '')
    .toSorted()
    .join(';');
}
