/**
 * What is drawn where there is no picture: a monogram, and patterns for a page's foot. SVG, of nothing but shapes, one letter and a title.
 *
 * @module
 */

import { inkOf } from "./colours.ts";
import { shownDomain } from "./domain.ts";
import type { Palette } from "./options.ts";

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** The first letter of the first label, `www` left out, as it is written: one grapheme, which may be several code points. */
export function initialOf(domain: string): string {
  const shown = shownDomain(domain.replace(/^www\.(?=[^.]+\.)/, ""));
  const [first] = graphemes.segment(shown);
  const letter = first?.segment ?? "";
  const upper = letter.toLocaleUpperCase("und");
  // "ß" would become two letters.
  return [...graphemes.segment(upper)].length === 1 ? upper : letter;
}

/** A square of `size` pixels with the domain's letter. */
export function monogram(domain: string, size: number, palette: Palette | undefined, greyscale: boolean): string {
  const { ground, text } = inkOf(domain, palette, greyscale);
  const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 64 64" role="img">` +
    `<title>${escaped(shownDomain(domain))}</title>` +
    `<rect width="64" height="64" rx="14" fill="${ground}"/>` +
    `<text x="32" y="33" fill="${text}" font-family="${fonts}" font-size="34" font-weight="600" ` +
    `text-anchor="middle" dominant-baseline="central">${escaped(initialOf(domain))}</text></svg>`
  );
}

const cell = 48;
const columns = 4;
const rows = 2;

/** Pinwheels over a field of 192 x 96 units, each of their four flaps in another shade: as `keyfold-footer` draws its own. */
export function pattern(palette: Palette): string {
  const shade = (at: number): string => palette[at % palette.length] ?? palette[0];
  const cells = Array.from({ length: columns * rows }, (_, at) => {
    const [x, y] = [(at % columns) * cell, Math.floor(at / columns) * cell];
    // each pinwheel starts with another shade, so that neighbours meet in different ones
    const turn = (at % columns) + Math.floor(at / columns);
    const flap = (points: string, shadeAt: number): string => `<path d="${points}" fill="${shade(shadeAt + turn)}"/>`;
    return (
      flap(`M${x} ${y}h48l-17 22.5z`, 0) +
      flap(`M${x + 48} ${y}v48l-22.5-17z`, 1) +
      flap(`M${x + 48} ${y + 48}h-48l17-22.5z`, 2) +
      flap(`M${x} ${y + 48}v-48l22.5 17z`, 3) +
      flap(`M${x + 31} ${y + 22.5}l-5.5 8.5-8.5-5.5 5.5-8.5z`, 2 + 2 * (turn % 2))
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="384" height="192" viewBox="0 0 192 96" preserveAspectRatio="xMidYMid slice">` +
    `<rect width="192" height="96" fill="${shade(0)}"/>${cells.join("")}</svg>`
  );
}

/** A picture in grey, whoever it comes from: the picture itself under a filter, so that no decoder runs here. */
export function greyed(type: string, bytes: Uint8Array, size: number): string {
  const source = `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">` +
    `<filter id="g"><feColorMatrix type="saturate" values="0"/></filter>` +
    `<image width="${size}" height="${size}" preserveAspectRatio="xMidYMid meet" filter="url(#g)" href="${source}"/></svg>`
  );
}
