import sanitizeHtml from 'sanitize-html';

/** Properties that HubSpot shows as rich text, and cleans on write. */
export const BODY_PROPERTIES: ReadonlySet<string> = new Set([
  'hs_meeting_body',
  'hs_internal_meeting_notes',
  'hs_note_body',
  'hs_call_body',
  'hs_task_body',
  'hs_email_html',
]);

/** The property that fills `hs_body_preview`, by object type. */
export const MAIN_BODY: Readonly<Record<string, string>> = {
  '0-27': 'hs_task_body',
  '0-46': 'hs_note_body',
  '0-47': 'hs_meeting_body',
  '0-48': 'hs_call_body',
  '0-49': 'hs_email_html',
};

/**
 * Returns what HubSpot keeps of an activity's HTML. There is no official list. These are the tags that every source saw
 * survive, so the sandbox drops all others (headings and tables keep their text), every comment and every attribute
 * except an http(s) `href`.
 */
export function cleanBody(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: ['p', 'br', 'strong', 'b', 'em', 'i', 'u', 'ul', 'ol', 'li', 'a'],
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    selfClosing: ['br'],
  }).replaceAll('<br />', '<br>');
}

/**
 * Rewrites a cleaned body as HubSpot's editor would (`settings.editorMarkup`): the markup differs, and the words are
 * the same.
 */
export function inEditorMarkup(html: string): string {
  const linked = html.replaceAll('<a href=', '<a rel="noopener" target="_blank" href=');
  return `<div style="" dir="auto" data-top-level="true">${linked.replaceAll('</p><p>', '</p>\n<p>')}</div>`;
}

const PREVIEW_CHARACTERS = 500;

/** Returns `hs_body_preview` and its companions for a cleaned body. */
export function bodyPreview(html: string): { text: string; html: string; truncated: boolean } {
  const spaced = html.replaceAll(/<(?:br|\/p|\/li)>/gu, ' ');
  const plain = decodeEntities(sanitizeHtml(spaced, { allowedTags: [], allowedAttributes: {} }))
    .replaceAll(/\s+/gu, ' ')
    .trim();
  const truncated = plain.length > PREVIEW_CHARACTERS;
  return {
    text: truncated ? plain.slice(0, PREVIEW_CHARACTERS) : plain,
    html: `<html>\n<head></head>\n<body>\n${html}\n</body>\n</html>`,
    truncated,
  };
}

function decodeEntities(value: string): string {
  return value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
