/**
 * Names as they are shown. Stored names stay what they are: any characters, any twins.
 *
 * @module
 */

import { nameLimit } from "./op.ts";

const encoder = new TextEncoder();

/** What would be invisible, or change the order or the lines of the text around it. */
const disturbing = /[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}\ufff9-\ufffb]/gu;

/** Joiners, which words and emoji need; variation selectors and tags, which emoji do. */
function isNeeded(code: number): boolean {
  return code === 0x200c || code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0000 && code <= 0xe0fff);
}

/** Replaces the characters that would be invisible, or change the order or the lines of the text around them. */
export function replaceDisturbing(name: string, by: (code: number) => string): string {
  return name.replace(disturbing, (character) => {
    const code = character.codePointAt(0)!;
    return isNeeded(code) ? character : by(code);
  });
}

function picture(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** A name with its control and bidi characters made visible: `␀`, `⟨U+202E⟩`. Show it in a `<bdi>` all the same. */
export function shownName(name: string): string {
  return replaceDisturbing(name, picture);
}

/** Where a file's extension begins, with its dot: `.pdf`, `.tar.gz`; the name's end where it has none. */
export function extensionAt(name: string): number {
  const found = /(?:\.tar)?\.[^.\s/\\]{1,16}$/iu.exec(name);
  return found === null || found.index === 0 ? name.length : found.index;
}

/** The longest beginning of a text that takes at most `limit` UTF-8 bytes, no character cut in two. */
export function cutToBytes(text: string, limit: number): string {
  if (encoder.encode(text).length <= limit) return text;
  let length = 0;
  let end = 0;
  for (const character of text) {
    length += encoder.encode(character).length;
    if (length > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** "report.pdf" with "(2)" is "report (2).pdf"; a directory's name has no extension. At most `limit` UTF-8 bytes, by cutting the stem. */
export function withSuffix(name: string, suffix: string, kind: "file" | "directory", limit = nameLimit): string {
  const at = kind === "file" ? extensionAt(name) : name.length;
  const tail = ` ${suffix}${name.slice(at)}`;
  return cutToBytes(name.slice(0, at), limit - encoder.encode(tail).length) + tail;
}

/** What two names that look alike have in common. */
function look(name: string): string {
  return name.normalize("NFC");
}

interface Named {
  readonly name: string;
  readonly kind: "file" | "directory";
}

/**
 * Names to show for nodes of one directory, given in order of creation: of those that look alike the first keeps its name, the others become
 * "name (2)", "name (3)" …, never one that another node of the directory has.
 */
export function shownNames(nodes: readonly Named[]): string[] {
  const shown = nodes.map(({ name }) => shownName(name));
  const real = new Set(shown.map(look));
  if (real.size === shown.length) return shown;
  const taken = new Set<string>();
  const nextNumber = new Map<string, number>();
  return shown.map((name, i) => {
    if (!taken.has(look(name))) {
      taken.add(look(name));
      return name;
    }
    for (let n = nextNumber.get(name) ?? 2; ; n++) {
      const candidate = withSuffix(name, `(${n})`, nodes[i]!.kind, Infinity);
      if (real.has(look(candidate)) || taken.has(look(candidate))) continue;
      taken.add(look(candidate));
      nextNumber.set(name, n + 1);
      return candidate;
    }
  });
}

/**
 * `shownNames` for one directory time after time: as long as no two names look alike, a change costs what changed. Nodes are values: the same object
 * has the same name.
 */
export class ShownNames {
  #nodes: readonly Named[] = [];
  #names: readonly string[] = [];
  /** How many of the nodes look so. */
  readonly #looks = new Map<string, number>();
  /** No two of the names look alike: each is shown as it is. */
  #unique = true;

  of(nodes: readonly Named[]): readonly string[] {
    const [before, names] = [this.#nodes, this.#names];
    const gone = new Set<Named>();
    const come = new Set<Named>();
    for (let i = 0; i < Math.max(before.length, nodes.length); i++) {
      const [old, next] = [before[i], nodes[i]];
      if (old === next) continue;
      if (old !== undefined) gone.add(old);
      if (next !== undefined) come.add(next);
    }
    for (const node of gone) if (!come.delete(node)) this.#count(node, -1);
    for (const node of come) this.#count(node, 1);
    const wasUnique = this.#unique;
    this.#unique = this.#looks.size === nodes.length;
    this.#nodes = nodes;
    this.#names = this.#unique
      ? nodes.map((node, i) => (wasUnique && before[i] === node ? names[i]! : shownName(node.name)))
      : shownNames(nodes);
    return this.#names;
  }

  #count({ name }: Named, by: 1 | -1): void {
    const key = look(shownName(name));
    const count = (this.#looks.get(key) ?? 0) + by;
    if (count === 0) this.#looks.delete(key);
    else this.#looks.set(key, count);
  }
}
