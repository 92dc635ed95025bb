/**
 * Logos and brand pictures: the host's own, what providers have, and what is drawn where nobody has anything.
 *
 * What was fetched is kept in the blob store, fresh for as long as its server said (an hour to a week). After that it is shown as it is while it is
 * asked for anew; also where that fails. A domain that nobody has a logo of is not asked for again for a day, one where somebody failed for ten minutes.
 *
 * @module
 */

import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import type { BlobStore } from "../blobs/store.ts";
import { day, hour, second, type Clock } from "../clock.ts";
import { describeCause, type LogLine } from "../log-line.ts";
import { palettesOf } from "./colours.ts";
import { domainRule, hostsDomain } from "./domain.ts";
import { greyed, monogram, pattern } from "./drawing.ts";
import { Errands } from "./errands.ts";
import { FetchRefused, fetchPicture } from "./fetching.ts";
import { Keeping, type Kept } from "./keeping.ts";
import type { BrandOptions } from "./options.ts";
import { ownPicture } from "./own-picture.ts";
import type { Picture } from "./picture.ts";
import type { LogoFormat, LogoProvider } from "./providers.ts";

export interface LogoRequest {
  /** Pixels; what is fetched may be larger. */
  readonly size: number;
  readonly format: LogoFormat;
  readonly greyscale: boolean;
}

export interface Shown {
  /** `own`, a provider's name, or `drawn`. */
  readonly source: string;
  readonly picture: Picture;
  /** Seconds for which a browser need not ask again. */
  readonly maxAge: number;
}

export interface BrandPorts {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: (line: LogLine) => void;
  background(work: () => Promise<unknown>): void;
}

/** Sizes that providers are asked for: so that a picture is kept in six sizes, not in five hundred. */
const sizes = [16, 32, 64, 128, 256, 512] as const;
const [leastFresh, mostFresh] = [hour, 7 * day];
/** Shown while it is asked for anew; what is older is waited for. */
const showsStale = 30 * day;
const noneFor = day;
const failedFor = 600 * second;
/** Names whose freshness this process looks after. */
const watchedAtOnce = 1024;
const watchedFor = 7 * day;

interface Sources {
  /** In what is kept: of another list of providers nothing is taken. */
  readonly name: string;
  readonly list: readonly { readonly name: string; readonly url: () => string | undefined }[];
}

export class Brand {
  readonly serves: (domain: string) => boolean;
  readonly #options: BrandOptions;
  readonly #ports: BrandPorts;
  readonly #keeping: Keeping;
  readonly #logos: ReadonlyMap<string, ReturnType<typeof ownPicture>>;
  readonly #images: ReadonlyMap<string, readonly ReturnType<typeof ownPicture>[]>;
  readonly #errands = new Errands<Kept>({ atOnce: 8, waiting: 64 });
  readonly #watched = new Map<string, { readonly sources: Sources; freshUntil: number; askedAt: number }>();
  readonly #closing = new AbortController();

  /** Throws `invalid-argument`. */
  constructor(options: BrandOptions, ports: BrandPorts) {
    check(options);
    this.#options = options;
    this.#ports = ports;
    this.#logos = new Map(Object.entries(options.logos ?? {}).map(([domain, own]) => [hostsDomain(domain), ownPicture(own)]));
    this.#images = new Map(
      Object.entries(options.images ?? {}).map(([domain, own]) => [hostsDomain(domain), own.map((one) => ownPicture(one))]),
    );
    const { domains = [] } = options;
    this.serves = domainRule(domains, [...this.#logos.keys(), ...this.#images.keys()]);
    const counted = domains === "all" || domains.some((domain) => domain.startsWith("*.")) ? Infinity : domains.length;
    this.#keeping = new Keeping(ports.store, counted * sizes.length);
  }

  /** Never fails: where nobody has a logo, or has it in time, there is the drawn one. */
  async logo(domain: string, request: LogoRequest): Promise<Shown> {
    const own = this.#logos.get(domain);
    if (own !== undefined && "bytes" in own) return this.#shown("own", own, request, hour);
    const { format, greyscale } = request;
    const size = sizes.find((each) => each >= request.size) ?? 512;
    const providers = own === undefined ? (this.#options.providers ?? []) : [ownProvider(own.url), ...(this.#options.providers ?? [])];
    const drawn = (age: number): Shown => ({
      source: "drawn",
      picture: svg(monogram(domain, request.size, this.#options.palette, greyscale)),
      maxAge: seconds(age),
    });
    if (providers.length === 0) return drawn(day);
    const found = await this.#find({
      name: ["logo", domain, size, format, greyscale, ...providers.map(({ name }) => name), own?.url ?? ""].join(" "),
      list: providers.map((provider) => ({ name: provider.name, url: () => provider.url({ domain, size, format, greyscale }) })),
    });
    if (found === undefined) return drawn(0);
    const age = Math.min(day, found.freshUntil - this.#ports.clock());
    if (found.picture === undefined || found.source === null) return drawn(Math.min(hour, age));
    const greys = providers.find(({ name }) => name === found.source)?.greys === true;
    return this.#shown(found.source, found.picture, greys ? { ...request, greyscale: false } : request, age);
  }

  /** Pictures for a page's foot: those that the host lists, or three that are drawn. */
  imageCount(domain: string): number {
    return this.#images.get(domain)?.length ?? 3;
  }

  /** One of them; undefined where there is none of that number. What cannot be fetched is drawn. */
  async image(domain: string, index: number): Promise<Shown | undefined> {
    if (index >= this.imageCount(domain)) return undefined;
    const own = this.#images.get(domain)?.[index];
    if (own !== undefined && "bytes" in own) return { source: "own", picture: own, maxAge: seconds(hour) };
    const palette = palettesOf(domain, this.#options.palette)[index % 3]!;
    const drawn = (age: number): Shown => ({ source: "drawn", picture: svg(pattern(palette)), maxAge: seconds(age) });
    if (own === undefined) return drawn(day);
    const found = await this.#find({ name: `image ${domain} ${own.url}`, list: [{ name: "own", url: () => own.url }] });
    if (found?.picture === undefined) return drawn(0);
    return { source: "own", picture: found.picture, maxAge: seconds(Math.min(day, found.freshUntil - this.#ports.clock())) };
  }

  /** Asks anew for what was asked for here lately and is no longer fresh, for so many milliseconds, about. Resolves with the number of pictures. */
  async refresh(budgetMs = 10_000): Promise<number> {
    const end = performance.now() + budgetMs;
    const now = this.#ports.clock();
    let count = 0;
    for (const [name, watched] of this.#watched) {
      if (watched.askedAt + watchedFor < now) this.#watched.delete(name);
      else if (watched.freshUntil <= now) {
        await this.#renew(watched.sources);
        count++;
      }
      if (performance.now() >= end) break;
    }
    return count;
  }

  /** Gives up what is being fetched. */
  close(): void {
    this.#closing.abort();
  }

  #shown(source: string, picture: Picture, { size, greyscale }: LogoRequest, age: number): Shown {
    const grey = greyscale ? svg(greyed(picture.type, picture.bytes, size)) : picture;
    return { source, picture: grey, maxAge: seconds(age) };
  }

  /** What is kept, or comes in time; undefined where it does not. */
  async #find(sources: Sources): Promise<Kept | undefined> {
    const now = this.#ports.clock();
    const kept = await this.#kept(sources.name);
    this.#watch(sources, kept?.freshUntil ?? now, now);
    if (kept !== undefined && kept.freshUntil > now) return kept;
    const renewed = this.#renew(sources, kept);
    if (kept !== undefined && kept.freshUntil + showsStale > now) return kept;
    return (await inTime(renewed, this.#options.waitMs ?? 3000)) ?? kept;
  }

  async #kept(name: string): Promise<Kept | undefined> {
    try {
      return await this.#keeping.get(name);
    } catch (error) {
      this.#report("store", error);
      return undefined;
    }
  }

  #watch(sources: Sources, freshUntil: number, askedAt: number): void {
    this.#watched.delete(sources.name);
    this.#watched.set(sources.name, { sources, freshUntil, askedAt });
    const [oldest] = this.#watched.keys();
    if (this.#watched.size > watchedAtOnce && oldest !== undefined) this.#watched.delete(oldest);
  }

  /** Asks the sources and keeps what they say; one errand at a time for a name. Resolves with undefined where too many are under way. */
  async #renew(sources: Sources, known?: Kept): Promise<Kept | undefined> {
    const errand = this.#errands.run(sources.name, async () => {
      const kept = await this.#ask(sources, known ?? (await this.#kept(sources.name)));
      const watched = this.#watched.get(sources.name);
      if (watched !== undefined) watched.freshUntil = kept.freshUntil;
      if (!this.#closing.signal.aborted)
        await this.#keeping.put(sources.name, kept).catch((error: unknown) => this.#report("store", error));
      return kept;
    });
    if (errand !== undefined) this.#ports.background(() => errand);
    return errand;
  }

  async #ask({ list }: Sources, known: Kept | undefined): Promise<Kept> {
    const { timeoutMs = 5000, unsafeForTests } = this.#options;
    const { clock } = this.#ports;
    const fresh = (maxAge: number | undefined): number =>
      clock() + Math.min(mostFresh, Math.max(leastFresh, maxAge === undefined ? day : maxAge * second));
    let hasFailed = false;
    for (const { name, url } of list) {
      const validators = known?.source === name ? known.validators : undefined;
      try {
        const address = url();
        if (address === undefined) continue;
        const fetched = await fetchPicture(address, { validators, timeoutMs, unsafe: unsafeForTests, signal: this.#closing.signal });
        if (fetched.kind === "same" && known !== undefined) return { ...known, freshUntil: fresh(fetched.maxAge) };
        if (fetched.kind !== "picture") continue;
        return { source: name, validators: fetched.validators, freshUntil: fresh(fetched.maxAge), picture: fetched.picture };
      } catch (error) {
        this.#report(name, error);
        hasFailed = true;
        // The one that it came from is away for a while: what it gave is better than what another one has.
        if (known?.picture !== undefined && known.source === name) return { ...known, freshUntil: clock() + failedFor };
      }
    }
    return { source: null, validators: {}, freshUntil: clock() + (hasFailed ? failedFor : noneFor) };
  }

  #report(from: string, error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const code = error instanceof FetchRefused ? error.code : "internal";
    const cause = error instanceof FetchRefused ? undefined : describeCause(error);
    const line = { code, status: 502, method: "GET", route: `brand/${from}` };
    this.#ports.log({ level: "refusal", ...line, ...(cause === undefined ? {} : { cause }) });
  }
}

function check({ providers = [], palette, timeoutMs = 5000, waitMs = 3000 }: BrandOptions): void {
  if (
    !providers.every(({ name }) => /^[a-z0-9-]{1,32}$/.test(name)) ||
    new Set(providers.map(({ name }) => name)).size !== providers.length
  )
    throw new KeyfoldError("invalid-argument", "A logo provider's name is of lowercase letters, digits and dashes, and is its own.");
  if (palette !== undefined && (palette.length !== 4 || !palette.every((colour) => /^#[0-9a-fA-F]{6}$/.test(colour))))
    throw new KeyfoldError("invalid-argument", "A brand palette is of four colours, #rrggbb.");
  if (![timeoutMs, waitMs].every((time) => Number.isSafeInteger(time) && time > 0 && time <= 60_000))
    throw new KeyfoldError("invalid-argument", "A time of the brand option is milliseconds, at most a minute.");
}

function ownProvider(url: string): LogoProvider {
  return { name: "own", url: () => url };
}

function svg(text: string): Picture {
  const bytes: Bytes = new TextEncoder().encode(text);
  return { type: "image/svg+xml", bytes };
}

/** At least ten: a picture that is still being fetched is asked for again soon. */
function seconds(milliseconds: number): number {
  return Math.max(10, Math.floor(milliseconds / second));
}

async function inTime<Result>(work: Promise<Result>, wait: number): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), wait);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
