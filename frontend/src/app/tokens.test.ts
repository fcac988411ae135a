import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { paletteSize } from '../lib/palette';

const css = readFileSync(resolve(import.meta.dirname, 'tokens.css'), 'utf8');

type Colour = [lightness: number, chroma: number, hue: number];

/** The tokens of one block of the stylesheet. */
function tokens(block: string): Record<string, Colour> {
  const found: Record<string, Colour> = {};
  for (const [, name = '', l, c, h] of block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
    found[name] = [Number(l), Number(c), Number(h)];
  }
  return found;
}

type Triple = [number, number, number];

/** Linear sRGB, by way of Oklab (Ottosson 2020), clipped to what a screen shows. */
function linear([l, c, h]: Colour): Triple {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const [x, y, z] = [
    l + 0.3963377774 * a + 0.2158037573 * b,
    l - 0.1055613458 * a - 0.0638541728 * b,
    l - 0.0894841775 * a - 1.291485548 * b,
  ].map((v) => v ** 3) as Triple;
  return clip([
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ]);
}

function clip(rgb: Triple): Triple {
  return rgb.map((v) => Math.min(1, Math.max(0, v))) as Triple;
}

function times(matrix: readonly Triple[], [x, y, z]: Triple): Triple {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as Triple;
}

/** WCAG's relative luminance. */
function luminance(colour: Colour): number {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: Colour, other: Colour): number {
  const [high, low] = [luminance(one), luminance(other)].sort((p, q) => q - p) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const [light, dark] = css.split(/:root\[data-mantine-color-scheme=.dark.\]/).map(tokens);
if (!light || !dark) throw new Error('tokens.css has not one block for each scheme');
const schemes = { light, dark };

const grounds = ['ground', 'surface', 'rail', 'hover', 'sunken'];
const lamps = ['living', 'cooling', 'invalid', 'disabled', 'failing'];
const texts = ['ink', 'ink-2', 'ink-3', 'accent', ...lamps.map((lamp) => `${lamp}-text`)];
const names = Array.from({ length: paletteSize }, (_, i) => `series-${i + 1}`);
const marks = [...lamps, ...names, 'edge', 'rail-idle', 'rail-busy', 'spark'];

/** Every pair that is drawn, with the least contrast it may have. */
const pairs: [ink: string, on: string, least: number][] = [
  ...texts.flatMap((text) => grounds.map((ground): [string, string, number] => [text, ground, 4.5])),
  ...marks.flatMap((mark) => ['ground', 'surface', 'sunken'].map((ground): [string, string, number] => [mark, ground, 3])),
  ['on-accent', 'accent-fill', 4.5],
  ['on-accent', 'accent-fill-hover', 4.5],
  ['on-accent', 'danger-fill', 4.5],
  ['on-accent', 'danger-fill-hover', 4.5],
  ['ink', 'accent-soft', 4.5],
  ['ink-2', 'accent-soft', 4.5],
  ['cooling-text', 'caution-soft', 4.5],
  ['ink', 'trouble-soft', 4.5],
  ['invalid-text', 'trouble-soft', 4.5],
  ['failing', 'trouble-soft', 3],
];

describe.each(Object.entries(schemes))('%s', (_, scheme) => {
  test.each(pairs)('%s on %s has at least %d', (ink, on, least) => {
    const [a, b] = [scheme[ink], scheme[on]];
    if (!a || !b) throw new Error(`no token ${ink} or ${on}`);
    expect(contrast(a, b)).toBeGreaterThanOrEqual(least);
  });
});

/** What eyes of each kind see of a linear colour (Machado, Oliveira and Fernandes 2009, severity 1). */
const eyes: Record<string, readonly Triple[]> = {
  trichromat: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function oklab(rgb: Triple): Triple {
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    clip(rgb),
  ).map(Math.cbrt) as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  );
}

/** From here on two colours of a chart can be told apart; one step of a five-step grey is 0.2. */
const apart = 0.08;

describe.each(Object.entries(schemes))('the colours of names, %s', (_, scheme) => {
  const series = Array.from({ length: paletteSize }, (__, i) => scheme[`series-${i + 1}`] as Colour);

  test.each(Object.entries(eyes))('are told apart by a %s', (___, eye) => {
    const seen = series.map((colour) => oklab(times(eye, linear(colour))));
    const nearest = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])));
    expect(Math.min(...nearest)).toBeGreaterThanOrEqual(apart);
  });

  test('share no hue with a lamp', () => {
    const hues = lamps.filter((lamp) => lamp !== 'disabled').map((lamp) => scheme[lamp]?.[2] ?? Number.NaN);
    for (const [, , hue] of series) {
      for (const lamp of hues) expect(Math.min(Math.abs(hue - lamp), 360 - Math.abs(hue - lamp))).toBeGreaterThan(25);
    }
  });
});

test('no file but the tokens names a colour', () => {
  const src = resolve(import.meta.dirname, '..');
  const literal = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(\s*[\d.]/i;
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (f) => /\.(css|tsx?)$/.test(f) && !/\.test\.|^generated\/|tokens\.css$/.test(f),
  );
  const guilty = files.filter((f) =>
    readFileSync(join(src, f), 'utf8')
      .replace(/href="#\w+"/g, '')
      .match(literal),
  );
  expect(files.length).toBeGreaterThan(60);
  expect(guilty).toEqual([]);
});
