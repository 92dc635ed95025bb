/**
 * Colours that a domain implies: the same everywhere, and always readable.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Palette } from "./options.ts";

export interface Ink {
  readonly ground: string;
  readonly text: string;
}

type Rgb = readonly [number, number, number];

function fromHex(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
}

/** Hue in degrees, saturation and lightness from 0 to 1 (CSS Color 4, section 7). */
function hsl(hue: number, saturation: number, lightness: number): string {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return toHex([channel(0), channel(8), channel(4)]);
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = fromHex(colour).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

/** The contrast that text needs (WCAG 2.2, 1.4.3). */
export const readable = 4.5;

function hueOf(domain: string): number {
  return (createHash("sha256").update(domain).digest().readUInt16BE(0) / 65_536) * 360;
}

/** Ground and letter of a domain's monogram. */
export function inkOf(domain: string, palette: Palette | undefined, greyscale: boolean): Ink {
  let ground = palette?.[0] ?? "";
  if (palette === undefined) {
    const hue = hueOf(domain);
    // Yellow and green are brighter than blue of the same lightness: darker, until white can be read on it.
    for (let lightness = 0.46; ; lightness -= 0.01) {
      ground = hsl(hue, 0.55, lightness);
      if (contrast(ground, "#ffffff") >= readable) break;
    }
  }
  if (greyscale) ground = grey(ground);
  // On any colour one of the two has at least 4.58: the square root of their contrast with each other.
  return { ground, text: contrast(ground, "#ffffff") >= readable ? "#ffffff" : "#000000" };
}

/** The grey of the same luminance. */
function grey(colour: string): string {
  const linear = luminance(colour);
  const channel = 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
  return toHex([channel, channel, channel]);
}

/** Three palettes of four shades each: deep, pale, and the hue across. */
export function palettesOf(domain: string, palette: Palette | undefined): readonly [Palette, Palette, Palette] {
  if (palette !== undefined) {
    const [a, b, c, d] = palette;
    return [palette, [b, c, d, a], [c, d, a, b]];
  }
  const hue = hueOf(domain);
  const across = (hue + 150) % 360;
  const shades = (at: number, saturation: number, lightness: readonly [number, number, number, number]): Palette => {
    const [a, b, c, d] = lightness;
    return [hsl(at, saturation, a), hsl(at, saturation, b), hsl(at, saturation, c), hsl(at, saturation, d)];
  };
  return [
    shades(hue, 0.5, [0.25, 0.3, 0.37, 0.2]),
    shades(hue, 0.24, [0.88, 0.82, 0.74, 0.94]),
    shades(across, 0.45, [0.88, 0.81, 0.73, 0.94]),
  ];
}
