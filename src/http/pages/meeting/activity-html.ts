import sanitizeHtml from 'sanitize-html';

const LINKS = {
  allowedTags: ['p', 'strong', 'em', 'ul', 'ol', 'li', 'br', 'a'],
  allowedAttributes: { a: ['href', 'rel'] },
};

/**
 * The body of an activity, sanitised for the page. Our renderers escape every text and use only these few tags. This is
 * a second defence.
 */
export function shownHtml(body: string): string {
  return sanitizeHtml(body, {
    ...LINKS,
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noreferrer noopener' }) },
  });
}
