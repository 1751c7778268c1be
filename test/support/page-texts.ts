import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { z } from 'zod';
import { PageTemplates } from '../../src/http/plumbing/page-templates';

const ROOT = path.resolve(__dirname, '../..');
/** Functions of `src/languages/text.ts`, and those of templates. */
const MARKERS = new Set(['t', 'message', 'tagged', 'taggedText']);
/** Two words, or one with a capital. */
const PROSE = /[A-Za-z]{2,}[,.:;]? +[A-Za-z]|^[A-Z][a-z]+$/;
/** Where a value is, in a text that is put together. */
const VALUE = '\u0000';

interface Found {
  readonly text: string;
  readonly file: string;
}

export interface PageTexts {
  /** Texts that `t`, `tagged` or `message` mark. */
  readonly marked: Found[];
  /** Marks whose text contains values, so that no translation can be found for it. */
  readonly built: Found[];
  /** Sentences for the history of access, which are stored in English. */
  readonly recorded: Found[];
  /** What looks like a text and is not marked. */
  readonly unmarked: Found[];
}

const templates = new PageTemplates();

/** The texts of the files, found by parsing them. Templates (`.eta`) are compiled first. */
export function pageTexts(pattern: string): PageTexts {
  const found: PageTexts = { marked: [], built: [], recorded: [], unmarked: [] };
  for (const file of globSync(pattern, { cwd: ROOT }).toSorted()) {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const isTemplate = file.endsWith('.eta');
    const markup: string[] = [];
    const program = isTemplate ? `function view(it) {${templates.compileBody(templates.parse(source))}}` : source;
    visit(parseSync(program, { syntax: 'typescript' }).body, { file, found, markup: isTemplate ? markup : null });
    for (const text of textsInMarkup(markup.join(''))) found.unmarked.push({ text, file });
  }
  return found;
}

interface Place {
  readonly file: string;
  readonly found: PageTexts;
  /** The constant parts of a template, as HTML. */
  readonly markup: string[] | null;
}

const call = z.object({
  callee: z.object({ type: z.literal('Identifier'), value: z.string() }),
  arguments: z.array(z.object({ expression: z.unknown() })),
});
const appended = z.object({
  left: z.object({ object: z.object({ value: z.literal('__eta') }), property: z.object({ value: z.literal('res') }) }),
  right: z.unknown(),
});

function visit(node: unknown, place: Place): void {
  if (typeof node !== 'object' || node === null || isNoText(node)) return;
  if (isOf(node, 'CallExpression', recorded)) {
    // Its sentences are collected as if they were on a page.
    visit(node.arguments, { ...place, found: { ...place.found, unmarked: place.found.recorded } });
    return;
  }
  const part = isOf(node, 'AssignmentExpression', appended) ? node : undefined;
  if (place.markup !== null && part !== undefined) {
    const text = textOf(part.right);
    place.markup.push(text ?? VALUE);
    if (text === null) visit(part.right, place);
    return;
  }
  const marker = isOf(node, 'CallExpression', call) ? node : undefined;
  if (marker !== undefined && MARKERS.has(marker.callee.value)) {
    const [first, ...others] = marker.arguments;
    collect(first?.expression, place);
    visit(others, place);
    return;
  }
  const text = textOf(node);
  if (text !== null && PROSE.test(text)) place.found.unmarked.push({ text, file: place.file });
  for (const child of Object.values(node)) visit(child, place);
}

/** The first argument of a marker: a constant, or an expression such as `found ? 'Found' : 'Missing'`. */
function collect(node: unknown, place: Place): void {
  const text = textOf(node);
  if (text === null) {
    const { data: choice } = z.object({ consequent: z.unknown(), alternate: z.unknown() }).safeParse(node);
    if (choice === undefined) visit(node, place);
    else [choice.consequent, choice.alternate].forEach((each) => collect(each, place));
  } else {
    const list = text.includes(VALUE) ? place.found.built : place.found.marked;
    list.push({ text, file: place.file });
  }
}

const string = z.object({ value: z.string() });
const template = z.object({ quasis: z.array(z.object({ cooked: z.string() })) });

/** The text of a literal, or null for any other expression. */
function textOf(node: unknown): string | null {
  if (isOf(node, 'StringLiteral', string)) return node.value;
  return isOf(node, 'TemplateLiteral', template) ? node.quasis.map(({ cooked }) => cooked).join(VALUE) : null;
}

const thrown = z.object({ callee: z.object({ value: z.literal('Error') }) });
const logged = z.object({
  callee: z.object({
    type: z.literal('MemberExpression'),
    property: z.object({ value: z.enum(['debug', 'info', 'warn', 'error']) }),
  }),
});
const recorded = z.object({ callee: z.object({ value: z.literal('recordAccessChange') }), arguments: z.unknown() });
/** The name of a person in the history of access. */
const actor = z.object({ key: z.object({ value: z.literal('actor') }) });
const statement = z.object({ tag: z.object({ value: z.literal('sql') }) });
const NO_TEXTS = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'TsLiteralType']);

/** Parts of a program whose literals no person reads on a page. */
function isNoText(node: object): boolean {
  if ('type' in node && typeof node.type === 'string' && NO_TEXTS.has(node.type)) return true;
  return (
    isOf(node, 'NewExpression', thrown) ||
    isOf(node, 'CallExpression', logged) ||
    isOf(node, 'KeyValueProperty', actor) ||
    isOf(node, 'TaggedTemplateExpression', statement)
  );
}

/** Compares the type first, because a program has some hundred thousand nodes. */
function isOf<Schema extends z.ZodType>(node: unknown, type: string, schema: Schema): node is z.output<Schema> {
  return (
    typeof node === 'object' && node !== null && 'type' in node && node.type === type && schema.safeParse(node).success
  );
}

/** Texts of HTML: between its tags, and in attributes that people read or hear. */
function textsInMarkup(html: string): string[] {
  const attributes = [...html.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(([, value]) => value);
  const texts = html.replaceAll(/<[^>]*>/g, '\n').split('\n');
  return [...attributes, ...texts]
    .flatMap((text) => (text ?? '').split(VALUE))
    .map((text) => text.trim())
    .filter((text) => /[A-Za-z]{2,}/.test(text));
}
