/** Words and formats by language. English is built in; other languages are registered, German comes along. */
import { english } from "../locales/en/index.ts";
import { formatsFor } from "./format.ts";
import type { Formats } from "./format.ts";

export type { Formats } from "./format.ts";
export { formatsFor } from "./format.ts";

/** Every word that elements show, in sections; those with numbers in them are functions. */
export type Words = ReturnType<typeof english>;

/** What a page replaces: whole sections or single words. */
export type PartialWords = { readonly [Section in keyof Words]?: Partial<Words[Section]> };

/** Makes the words of a language; `format` follows the page's exact tag (`en-GB` for `<html lang="en-GB">`). */
export type Locale = (format: Formats) => Words;

export interface Spoken {
  readonly words: Words;
  readonly format: Formats;
}

const locales = new Map<string, Locale>([["en", english]]);
const spoken = new Map<string, Spoken>();

/** Adds a language, by its BCP 47 tag (`de`, `pt-BR`). Elements that are drawn already take it at their next update. */
export function registerLocale(tag: string, locale: Locale): void {
  locales.set(tag.toLowerCase(), locale);
  spoken.clear();
}

/** Tags of the languages that are there. */
export function registeredLocales(): readonly string[] {
  return [...locales.keys()];
}

/** Words and formats for a tag: that of the language itself where the exact one is missing, else English words with the tag's formats left out. */
export function wordsFor(tag: string): Spoken {
  const found = spoken.get(tag);
  if (found !== undefined) return found;
  const lower = tag.toLowerCase();
  const locale = locales.get(lower) ?? locales.get(lower.split("-")[0] ?? "");
  // English words beside another language's figures would read as neither
  const format = formatsFor(locale === undefined ? "en" : tag);
  const made: Spoken = { format, words: (locale ?? english)(format) };
  spoken.set(tag, made);
  return made;
}

/** Words with some of them replaced; sections are merged word by word. */
export function mergeWords(words: Words, own: PartialWords): Words {
  const sections = Object.entries(own);
  if (sections.length === 0) return words;
  const merged: Record<string, unknown> = { ...words };
  for (const [section, replaced] of sections) {
    if (section in words) merged[section] = { ...(merged[section] as object), ...replaced };
  }
  return merged as Words;
}
