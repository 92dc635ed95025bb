/** Brand images: the mark's pinwheel, repeated over a field, each of its four flaps in another shade. Drawn, so that nothing is loaded. */
import { html, svg } from "lit";
import type { TemplateResult } from "lit";

/** Four shades, and the ground. */
export type PatternPalette = readonly [string, string, string, string];

export const patternPalettes: readonly PatternPalette[] = [
  ["#1f5061", "#2b6072", "#3a7083", "#184553"],
  ["#dbe6e9", "#c6d7dc", "#afc6cd", "#edf3f4"],
  ["#f1e6d0", "#e8d7b5", "#ddc697", "#f8f2e6"],
];

const cell = 48;
const columns = 4;
const rows = 2;

/** One field of the pattern, 192 x 96 units, to be cut to any size. */
export function patternTile(palette: PatternPalette): TemplateResult {
  const shade = (at: number): string => palette[at % palette.length] ?? palette[0];
  const cells = Array.from({ length: columns * rows }, (_, at) => {
    const [x, y] = [(at % columns) * cell, Math.floor(at / columns) * cell];
    // each pinwheel starts with another shade, so that neighbours meet in different ones
    const turn = (at % columns) + Math.floor(at / columns);
    const flap = (points: string, shadeAt: number): TemplateResult => svg`<path d=${points} fill=${shade(shadeAt + turn)}></path>`;
    return svg`${flap(`M${x} ${y}h48l-17 22.5z`, 0)}${flap(`M${x + 48} ${y}v48l-22.5-17z`, 1)}${flap(`M${x + 48} ${y + 48}h-48l17-22.5z`, 2)}${flap(
      `M${x} ${y + 48}v-48l22.5 17z`,
      3,
    )}${flap(`M${x + 31} ${y + 22.5}l-5.5 8.5-8.5-5.5 5.5-8.5z`, 2 + 2 * (turn % 2))}`;
  });
  return html`<svg class="tile" viewBox="0 0 192 96" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <rect width="192" height="96" fill=${shade(0)}></rect>
    ${cells}
  </svg>`;
}
