import { type Html, join, shortenedText, text, ul } from './html';

/**
 * HubSpot refuses longer `hs_note_body` values and limits every string property alike. The HTML counts
 * (docs/hubspot.md, "Activities").
 */
export const MAX_BODY_CHARACTERS = 65_536;

/** A text that is cut shorter than this carries too little to be worth its space. */
const LEAST_OF_A_TEXT = 200;

/** One entry of a body: a text from the meeting and the markup around it. */
export type BodyItem = { readonly text: string; readonly render: (text: Html) => Html };

/** Items under a heading as a list, or items that are paragraphs. */
export type BodySection = { readonly heading?: Html; readonly list: boolean; readonly items: readonly BodyItem[] };

export type BodyContent = {
  readonly head: Html;
  readonly sections: readonly BodySection[];
  /** Indexes of `sections` in the order in which they get space (`@default` the order in which they are shown). */
  readonly priority?: readonly number[];
  /** Renders the end of the body. `leftOut` is the number of excluded items per section. */
  readonly foot: (leftOut: readonly number[]) => Html;
};

/**
 * Renders the body, in full where it fits. Otherwise it takes items in order of priority up to the first that does not
 * fit, and the foot states how many are excluded. Only a text that would not fit even alone is cut: to half of the
 * remaining space, so that other items fit beside it, or to all of it when it is the last. The result is always valid
 * HTML, and the same for the same content. Head and foot are never cut, so the body is longer than requested where not
 * even they fit.
 */
export function fitBody(content: BodyContent, maxCharacters = MAX_BODY_CHARACTERS): Html {
  const whole = assemble(
    content,
    content.sections.map((section) => section.items.map(({ render, text: value }) => render(text(value)))),
  );
  if (whole.html.length <= maxCharacters) return whole;

  const kept = fill(content, maxCharacters);
  let body = assemble(content, kept);
  // The foot may need slightly more space than estimated, because a language can have longer words for smaller counts.
  while (body.html.length > maxCharacters && dropLast(content, kept)) body = assemble(content, kept);
  return body;
}

function fill(content: BodyContent, maxCharacters: number): Html[][] {
  const { sections, head, foot } = content;
  const kept: Html[][] = sections.map(() => []);
  const fullRoom = maxCharacters - head.html.length - foot(sections.map((section) => section.items.length)).html.length;
  let room = fullRoom;
  const queue = order(content).flatMap((index) => (sections[index]?.items ?? []).map((item) => ({ index, item })));

  for (const [position, { index, item }] of queue.entries()) {
    const section = sections[index];
    const placed = kept[index];
    if (!section || !placed) continue;
    const frame = frameLength(section);
    const available = placed.length === 0 ? room - frame : room;
    let piece = item.render(text(item.text));
    if (piece.html.length > available) {
      if (piece.html.length + frame <= fullRoom) break;
      const share = position === queue.length - 1 ? available : Math.floor(available / 2);
      const forText = share - item.render({ html: '' }).html.length;
      if (forText < LEAST_OF_A_TEXT) break;
      piece = item.render(shortenedText(item.text, forText));
    }
    room = available - piece.html.length;
    placed.push(piece);
  }
  return kept;
}

function assemble(content: BodyContent, kept: readonly (readonly Html[])[]): Html {
  const sections = content.sections.flatMap((section, index) => {
    const pieces = kept[index] ?? [];
    if (pieces.length === 0) return [];
    return [...(section.heading ? [section.heading] : []), section.list ? ul(...pieces) : join(...pieces)];
  });
  const leftOut = content.sections.map((section, index) => section.items.length - (kept[index]?.length ?? 0));
  return join(content.head, ...sections, content.foot(leftOut));
}

function dropLast(content: BodyContent, kept: Html[][]): boolean {
  const last = order(content).findLast((index) => (kept[index]?.length ?? 0) > 0);
  return last !== undefined && kept[last]?.pop() !== undefined;
}

function order(content: BodyContent): readonly number[] {
  return content.priority ?? content.sections.map((_, index) => index);
}

function frameLength(section: BodySection): number {
  return (section.heading?.html.length ?? 0) + (section.list ? ul().html.length : 0);
}
