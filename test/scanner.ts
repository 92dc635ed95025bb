/**
 * Finds secrets in bytes and texts, whatever they are dressed in: eight bytes in a row of any secret, raw, in hex, base64, base64url or Crockford's
 * base32, at any alignment; text in UTF-8, and, as far as it is ASCII, in UTF-16.
 *
 * Not the secrets are encoded but what is searched is decoded: each run of an alphabet's characters, from each of the places where a group may have
 * begun. So one set of windows serves every form, and a look at a byte is a shift, a hash and, nearly always, one bit that is not set.
 */

/** Bytes in a row that count as found. Random bytes contain a given window once in 2^64 places. */
export const windowLength = 8;

export interface Finding {
  /** Which secret. */
  readonly secret: string;
  /** What it was dressed in. */
  readonly form: string;
  /** Index of the byte or character where its run, or itself, begins. */
  readonly at: number;
}

interface Alphabet {
  readonly form: string;
  /** Bits a character. */
  readonly bits: number;
  /** Value of each byte; 255 where it is no character of it, 254 where it is passed over. */
  readonly values: Uint8Array;
}

const none = 255;
const passed = 254;

function alphabet(form: string, bits: number, characters: Readonly<Record<string, number>>, between = ""): Alphabet {
  const values = new Uint8Array(256).fill(none);
  for (const [character, value] of Object.entries(characters)) values[character.charCodeAt(0)] = value;
  for (const character of between) values[character.charCodeAt(0)] = passed;
  return { form, bits, values };
}

const numbered = (characters: string): Record<string, number> => Object.fromEntries(Array.from(characters, (c, i) => [c, i]));
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const crockford = numbered("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
/** As people type it: small letters, and O, I, L for what they look like. */
const typed = {
  ...Object.fromEntries(Object.entries(crockford).map(([c, v]) => [c.toLowerCase(), v])),
  o: 0,
  O: 0,
  i: 1,
  I: 1,
  l: 1,
  L: 1,
};

const alphabets: readonly Alphabet[] = [
  alphabet("hex", 4, { ...numbered("0123456789abcdef"), A: 10, B: 11, C: 12, D: 13, E: 14, F: 15 }, ": "),
  alphabet("base64", 6, { ...numbered(`${letters}+/`), "-": 62, _: 63 }),
  alphabet("base64 in lines", 6, { ...numbered(`${letters}+/`), "-": 62, _: 63 }, "\r\n"),
  alphabet("base32", 5, { ...crockford, ...typed }, "- \r\n"),
];

export class Scanner {
  /** The secrets that begin with a hash of their window; exact comparison follows. */
  readonly #windows = new Map<number, { readonly bytes: Uint8Array; readonly secret: string }[]>();
  readonly #bits = new Uint8Array(1 << 20);
  #count = 0;

  /** Distinct windows that are searched for. */
  get size(): number {
    return this.#count;
  }

  /** Every eight bytes in a row of it. Shorter ones are refused: they would be found everywhere. */
  add(secret: string, value: Uint8Array | string): void {
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    if (bytes.length < windowLength) throw new RangeError(`${secret} has fewer than ${windowLength} bytes.`);
    for (let at = 0; at + windowLength <= bytes.length; at++)
      this.#addWindow(secret, Uint8Array.from(bytes.subarray(at, at + windowLength)));
  }

  #addWindow(secret: string, bytes: Uint8Array): void {
    const hash = hashOf(wordAt(bytes, 0), wordAt(bytes, 4));
    const here = this.#windows.get(hash) ?? [];
    if (here.some((other) => sameAt(bytes, 0, other.bytes))) return;
    this.#windows.set(hash, [...here, { bytes, secret }]);
    this.#bits[hash >>> 12] = (this.#bits[hash >>> 12] ?? 0) | (1 << ((hash >>> 9) & 7));
    this.#count++;
  }

  /** What of the secrets is in it; each secret once a form. Text is looked at as UTF-8. */
  find(searched: Uint8Array | string): Finding[] {
    const bytes = typeof searched === "string" ? Buffer.from(searched, "utf8") : searched;
    const found = new Map<string, Finding>();
    const note = (form: string, at: number, secret: string): void => {
      const key = `${form} ${secret}`;
      if (!found.has(key)) found.set(key, { secret, form, at });
    };
    this.#scan(bytes, (secret, at) => note("raw", at, secret));
    const narrow = [...narrowed(bytes)];
    for (const text of narrow) this.#scan(text, (secret, at) => note("UTF-16", at, secret));
    for (const text of [bytes, ...narrow]) {
      for (const form of alphabets) {
        for (const { run, at } of runsOf(text, form)) {
          for (const decoded of decodings(run, form.bits)) this.#scan(decoded, (secret) => note(form.form, at, secret));
        }
      }
    }
    return [...found.values()];
  }

  #scan(bytes: Uint8Array, found: (secret: string, at: number) => void): void {
    if (bytes.length < windowLength) return;
    let high = wordAt(bytes, 0) >>> 8;
    let low = (wordAt(bytes, 4) >>> 8) | ((bytes[3]! & 0xff) << 24);
    const bits = this.#bits;
    for (let end = windowLength - 1; end < bytes.length; end++) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | bytes[end]!;
      const hash = hashOf(high, low);
      if ((bits[hash >>> 12]! & (1 << ((hash >>> 9) & 7))) === 0) continue;
      const at = end + 1 - windowLength;
      for (const window of this.#windows.get(hash) ?? []) if (sameAt(bytes, at, window.bytes)) found(window.secret, at);
    }
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Of eight bytes, 32 bits. */
function hashOf(high: number, low: number): number {
  const mixed = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function sameAt(bytes: Uint8Array, at: number, window: Uint8Array): boolean {
  for (let i = 0; i < windowLength; i++) if (bytes[at + i] !== window[i]) return false;
  return true;
}

/** The values of each run of an alphabet's characters that is long enough to hold a window. */
function* runsOf(bytes: Uint8Array, { values, bits }: Alphabet): Generator<{ run: Uint8Array; at: number }> {
  const least = Math.ceil((8 * windowLength) / bits);
  for (let at = 0; at < bytes.length; at++) {
    if (values[bytes[at]!]! >= passed) continue;
    let end = at;
    while (end < bytes.length && values[bytes[end]!] !== none) end++;
    if (end - at >= least) {
      const run = new Uint8Array(end - at);
      let length = 0;
      for (let i = at; i < end; i++) if (values[bytes[i]!] !== passed) run[length++] = values[bytes[i]!]!;
      if (length >= least) yield { run: run.subarray(0, length), at };
    }
    at = end;
  }
}

/** The bytes that a run stands for, from each place in a group where it may have begun: 2 for hex, 4 for base64, 8 for base32. */
function* decodings(run: Uint8Array, bits: number): Generator<Uint8Array> {
  const places = bits === 4 ? 2 : bits === 6 ? 4 : 8;
  for (let first = 0; first < places; first++) {
    const bytes = new Uint8Array(Math.max(0, Math.floor(((run.length - first) * bits) / 8)));
    let held = 0;
    let waiting = 0;
    let length = 0;
    for (let i = first; i < run.length; i++) {
      held = ((held << bits) | run[i]!) & 0xffff;
      waiting += bits;
      if (waiting < 8) continue;
      waiting -= 8;
      bytes[length++] = (held >>> waiting) & 0xff;
    }
    yield bytes;
  }
}

/** Text in UTF-16, little-endian (as IndexedDB and V8 keep it on disk), as its ASCII characters, where it has any. */
function* narrowed(bytes: Uint8Array): Generator<Uint8Array> {
  for (const odd of [0, 1]) {
    const narrow = new Uint8Array(Math.max(0, Math.floor((bytes.length - odd) / 2)));
    let isText = false;
    for (let i = 0, row = 0; i < narrow.length; i++) {
      const wide = bytes[2 * i + odd + 1] === 0 && bytes[2 * i + odd]! > 0x1f;
      narrow[i] = wide ? bytes[2 * i + odd]! : 0;
      row = wide ? row + 1 : 0;
      isText ||= row >= windowLength;
    }
    if (isText) yield narrow;
  }
}
