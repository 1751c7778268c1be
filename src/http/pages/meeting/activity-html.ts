import sanitizeHtml from 'sanitize-html';

const LINKS = {
  allowedTags: ['p', 'strong', 'em', 'ul', 'ol', 'li', 'br', 'a'],
  allowedAttributes: { a: ['href', 'rel'] },
};

/**
 * An activity's body as the page shows it. Our renderers escape every text and use these few tags only; that nothing
 * else reaches the page does not hang on them alone.
 */
export function shownHtml(body: string): string {
  return sanitizeHtml(body, {
    ...LINKS,
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noreferrer noopener' }) },
  });
}
