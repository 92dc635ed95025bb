import type { Words } from "../i18n/index.ts";

/** What is wrong with a name, in words; null when it will do. Names are 1 to 255 bytes of UTF-8. */
export function nameProblem(words: Words, name: string): string | null {
  if (name.trim() === "") return words.list.nameEmpty;
  const bytes = new TextEncoder().encode(name).length;
  return bytes > 255 || !name.isWellFormed() ? words.errors["invalid-name"].message({}) : null;
}
