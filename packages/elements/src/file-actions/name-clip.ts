/**
 * Where a name is clipped when there is no room: in the middle, so that its ending stays readable, and never where two letters join.
 *
 * @module
 */

export interface ClippedName {
  /** Gives way, with an ellipsis at its end. */
  readonly head: string;
  /** Always shown; empty where the name must be clipped at its end. */
  readonly tail: string;
}

/** Letters that take another shape beside their neighbours, or share one with them: a seam between two of these would show. */
const joined =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Malayalam}\p{Script=Khmer}\p{Script=Tibetan}]/u;
const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Shown of the stem before the ending, in graphemes. */
const stemKept = 4;
/** How much longer the tail may get to begin at a word. */
const wordReach = 6;
/** Endings longer than this are not endings. */
const longestEnding = 10;

/** The ending with its dot, or "" where the name has none (".profile" has none). */
export function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const ending = name.slice(dot);
  return dot > 0 && ending.length > 1 && ending.length <= longestEnding && !/\s/u.test(ending) ? ending : "";
}

/** Splits a file's name for clipping. Directories are clipped at their end: give those to no one. */
export function clipName(name: string): ClippedName {
  const ending = endingOf(name);
  const stem = [...graphemes.segment(name.slice(0, name.length - ending.length))].map((part) => part.segment);
  if (stem.length <= stemKept * 2) return { head: name, tail: "" };
  const seam = seamOf(stem, ending !== "");
  if (seam === null) return { head: name, tail: "" };
  return { head: stem.slice(0, seam).join(""), tail: stem.slice(seam).join("") + ending };
}

/** How many graphemes of the stem stay before the seam. */
function seamOf(stem: readonly string[], hasEnding: boolean): number | null {
  // Parts of a line that runs both ways change places when they are set apart: there, only the ending is.
  if (stem.some((letter) => rightToLeft.test(letter)) && stem.some((letter) => /\p{Script=Latin}|\p{Number}/u.test(letter))) {
    return hasEnding ? stem.length : null;
  }
  const wanted = stem.length - stemKept;
  for (let seam = wanted; seam >= Math.max(1, wanted - wordReach); seam--) if (/^\s$/u.test(stem[seam - 1] ?? "")) return seam;
  if (!joins(stem[wanted - 1], stem[wanted])) return wanted;
  return hasEnding ? stem.length : null;
}

function joins(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && joined.test(before) && joined.test(after);
}
