import view from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';
import { t, taggedText, type TextTags, type TextValues } from '../../languages/text';
import { VIEWS_FOLDER } from './page-files';

/**
 * Eta with the functions that templates need for texts: `t(text, values)`, escaped like any other value,
 * `tagged(text, tags, values)`, which returns HTML and is inserted with `<%~ %>`, and `element('a', { href })` for the tags
 * of such a text.
 */
export class PageTemplates extends Eta {
  readonly t = t;

  constructor() {
    super({ views: VIEWS_FOLDER, autoEscape: true, cache: true, functionHeader: HEADER });
  }

  readonly tagged = (english: string, tags: TextTags, values: TextValues = {}): string =>
    taggedText(english, tags, values, (text) => this.config.escapeFunction(text));

  /** What surrounds a part of a text: an element with these attributes, whose values are escaped here. */
  readonly element =
    (name: string, attributes: Readonly<Record<string, string>> = {}) =>
    (inner: string): string => {
      const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${this.config.escapeFunction(value)}"`);
      return `<${name}${pairs.join('')}>${inner}</${name}>`;
    };
}

/** Runs at the start of each compiled template, with the engine as `this`. */
const HEADER = 'const { t, tagged, element } = this;';

/** Renders the pages from Eta templates. */
export async function registerTemplates(app: FastifyInstance): Promise<void> {
  await app.register(view, { engine: { eta: new PageTemplates() }, root: VIEWS_FOLDER, production: true });
}
