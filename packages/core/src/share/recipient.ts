/**
 * Opening a share: from a link to a manifest that is known to be its owners', and to newer ones after it. Nothing of one is given out before it is verified.
 *
 * @module
 */

import type { ShareApi } from "../api/share-api.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Tree } from "../tree/tree.ts";
import type { ShareFragment } from "./link.ts";
import type { Manifest } from "./manifest.ts";
import { openManifest, tamperedShare } from "./sealed-manifest.ts";
import { shareOpening, stretchPassphrase, type ShareOpening } from "./secrets.ts";
import { sharedTree } from "./shared-tree.ts";

/** The newest version of a share that this device has seen: an older one is not believed after it. */
export interface SeenVersion {
  get(): Promise<number>;
  set(version: number): Promise<void>;
}

export interface RecipientOptions {
  readonly provider: CryptoProvider;
  readonly api: ShareApi;
  readonly fragment: ShareFragment;
  /** The share's id, hex. */
  readonly share: string;
  readonly seen: SeenVersion;
}

/** A version of a share, verified. */
export interface OpenedVersion {
  readonly folderId: string;
  readonly version: number;
  /** Unix seconds; 0: never. */
  readonly expires: number;
  readonly manifest: Manifest;
  readonly tree: Tree;
}

export class Recipient {
  readonly #options: RecipientOptions;
  readonly #opening: ShareOpening;
  #current: OpenedVersion;
  /** Downloads that were left; null where there is no limit. */
  readonly left: number | null;

  private constructor(options: RecipientOptions, opening: ShareOpening, current: OpenedVersion, left: number | null) {
    this.#options = options;
    this.#opening = opening;
    this.#current = current;
    this.left = left;
  }

  /**
   * Rejects with `passphrase-needed`, `wrong-passphrase`, `rate-limited` (with `retryAfter`), `gone`, `expired`, `tampered`, `malformed`,
   * `unsupported-version`, `offline`.
   */
  static async open(options: RecipientOptions, passphrase: string | undefined, signal?: AbortSignal): Promise<Recipient> {
    const { provider, api, fragment } = options;
    const standing = await known(() => api.standing({ signal }));
    let stretched: Bytes | null = null;
    if (standing.passphrase) {
      if (passphrase === undefined) throw passphraseNeeded();
      stretched = await stretchPassphrase(provider, fragment.secret, passphrase);
    }
    const opening = await shareOpening(provider, fragment.secret, stretched);
    stretched?.fill(0);
    api.use(opening.token);
    try {
      const current = await fetchVersion(options, opening, undefined, signal);
      return new Recipient(options, opening, current, standing.left ?? null);
    } catch (error) {
      // The server said that it takes none.
      if (isKeyfoldError(error, "wrong-passphrase") && !standing.passphrase) throw passphraseNeeded();
      throw error;
    }
  }

  get current(): OpenedVersion {
    return this.#current;
  }

  /** Looks for a newer version. True when there was one. Rejects as `open` does; the version before stays. */
  async refresh(signal?: AbortSignal): Promise<boolean> {
    const next = await fetchVersion(this.#options, this.#opening, this.#current, signal);
    if (next.version <= this.#current.version) return false;
    this.#current = next;
    return true;
  }
}

async function fetchVersion(
  { provider, api, fragment, share, seen }: RecipientOptions,
  opening: ShareOpening,
  before: OpenedVersion | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedVersion> {
  const served = await known(() => api.manifest({ signal }));
  const manifest = await openManifest(provider, opening.key, fragment.signerMark, share, served);
  const { folderId, version, expires } = served;
  const newest = Math.max(await seen.get(), before?.version ?? 0);
  const [earlier, later] = [before?.manifest.checkpoint?.seq ?? 0, manifest.checkpoint?.seq];
  if (version < newest || (later !== undefined && later < earlier)) throw tamperedShare("older");
  const tree = sharedTree(manifest.nodes);
  if (version > newest) await seen.set(version);
  return { folderId, version, expires, manifest, tree };
}

/** A share that the server does not know was taken back, and that long ago. */
async function known<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isKeyfoldError(error, "not-found") && !isKeyfoldError(error, "gone")) throw error;
    throw new KeyfoldError("gone", "This link was taken back, or never was one.", { cause: error, reason: "share" });
  }
}

function passphraseNeeded(): KeyfoldError {
  return new KeyfoldError("passphrase-needed", "This link opens with a passphrase. Give it as `passphrase`.");
}
