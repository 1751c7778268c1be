import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const css = readFileSync(path.resolve(__dirname, '../../../src/http/pages/public/base.css'), 'utf8');

/** WCAG 2.2, 1.4.11: graphics need this contrast with what is next to them. */
const ENOUGH = 3;

/** The colours of a token in light and in dark. */
function pairOf(token: string): [string, string] {
  const [, light = '', dark = ''] = new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) ?? [];
  return [light, dark];
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const marks = [...css.matchAll(/--(chart-(?:won|lost|open|none|\d))/g)].map(([, token = '']) => token);

test('every colour of a chart has enough contrast with the card and with the empty part of a bar', () => {
  expect(marks).toHaveLength(10);
  const low = marks.flatMap((mark) =>
    ['surface', 'chart-track'].flatMap((ground) =>
      [0, 1].flatMap((scheme) => {
        const ratio = contrast(pairOf(mark)[scheme] ?? '', pairOf(ground)[scheme] ?? '');
        return ratio >= ENOUGH
          ? []
          : [`${mark} on ${ground} (${scheme === 0 ? 'light' : 'dark'}): ${ratio.toFixed(2)}`];
      }),
    ),
  );
  expect(low).toEqual([]);
});
