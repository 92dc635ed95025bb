/**
 * What the server has of a folder's shares, as far as this page knows: the list, the content of what is published, and the requests that change it.
 *
 * @module
 */
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { ShareView } from "../interface/share.ts";
import type { OwnedShare } from "../protocol/share-schema.ts";
import { blobsOfNodes, sharedNodes, type Manifest } from "../share/manifest.ts";
import type { OwnedSecret } from "../share/owned.ts";
import type { ShareOpening } from "../share/secrets.ts";
import type { ShareTerms } from "../tree/op.ts";
import type { FolderSync } from "./folder-sync.ts";

export interface PublishedSharesPort {
  readonly provider: CryptoProvider;
  readonly sync: FolderSync;
  readonly signal: AbortSignal;
  /** `views` would give something else. */
  readonly changed: () => void;
}

/** What nodes show, in the confirmed state. */
export interface Shown {
  readonly manifest: Manifest;
  readonly seq: number;
  /** Something of what was asked for is not there. */
  readonly missing: boolean;
}

/** Milliseconds between two questions how often shares were downloaded. */
const LIST_EVERY = 30_000;

export class PublishedShares {
  readonly #port: PublishedSharesPort;
  /** What the server has; null before it was asked. */
  #listed: ReadonlyMap<string, OwnedShare> | null = null;
  #listedAt = Number.NEGATIVE_INFINITY;
  /** Versions whose content this page knows. */
  readonly #published = new Map<string, { readonly version: number; readonly nodes: string }>();

  constructor(port: PublishedSharesPort) {
    this.#port = port;
  }

  /** Whether it is time to ask how often shares were downloaded. */
  get isDue(): boolean {
    return performance.now() - this.#listedAt > LIST_EVERY;
  }

  /** Asks anew when it is asked next. */
  outdate(): void {
    this.#listedAt = Number.NEGATIVE_INFINITY;
  }

  async list(): Promise<ReadonlyMap<string, OwnedShare>> {
    if (this.#listed !== null && performance.now() - this.#listedAt < LIST_EVERY) return this.#listed;
    const shares = await this.#port.sync.api.shares.list({ signal: this.#port.signal });
    this.#listed = new Map(shares.map((share) => [share.share, share]));
    this.#listedAt = performance.now();
    this.#port.changed();
    return this.#listed;
  }

  /** Whether this page knows that this version shows just that. */
  shows(id: string, version: number, { manifest }: Shown): boolean {
    const known = this.#published.get(id);
    return known?.version === version && known.nodes === JSON.stringify(manifest.nodes);
  }

  /** Fetches what is published and opens it. Rejects with `tampered`, `gone`, `not-found`. */
  async read(secret: OwnedSecret, opening: ShareOpening): Promise<number> {
    const served = await this.#port.sync.api.shares.manifest(secret.id, { signal: this.#port.signal });
    const { nodes } = await secret.open(opening, served);
    this.#published.set(secret.id, { version: served.version, nodes: JSON.stringify(nodes) });
    return served.version;
  }

  /** Puts a version in the place of the one before it. Rejects as `OwnerShares.publish`. */
  async publish(
    secret: OwnedSecret,
    opening: ShareOpening,
    { version, expires, limit, kept }: Pick<OwnedShare, "version" | "expires" | "limit"> & { readonly kept: Bytes },
    { manifest, seq }: Shown,
  ): Promise<void> {
    const { provider, sync } = this.#port;
    const sealed = await secret.seal(opening, version, expires, manifest);
    const tokenHash = await provider.sha256(opening.token);
    const blobs = blobsOfNodes(manifest.nodes);
    await sync.api.shares.publish(secret.id, { ...sealed, limit, seq, tokenHash, kept, blobs }, { signal: this.#port.signal });
    this.#published.set(secret.id, { version, nodes: JSON.stringify(manifest.nodes) });
    const listed = this.#listed?.get(secret.id);
    if (listed !== undefined) this.#listed = new Map([...this.#listed!, [secret.id, { ...listed, version, seq }]]);
  }

  /** What the nodes show, in the confirmed state. */
  shown(ids: readonly string[]): Shown {
    const { replica } = this.#port.sync;
    const { position } = replica;
    if (position === null) throw new KeyfoldError("invalid-argument", "The folder is not open yet.");
    const { epoch, seq, head } = position;
    const { nodes, missing } = replica.confirmed((tree) => ({
      nodes: sharedNodes(tree, ids),
      missing: ids.some((id) => tree.get(id) === undefined || tree.liesInTrash(id)),
    }));
    return { manifest: { at: Date.now(), checkpoint: { epoch, seq, head }, nodes }, seq, missing };
  }

  /** Takes it back. */
  async revoke(id: string): Promise<void> {
    await this.#port.sync.api.shares.revoke(id, { signal: this.#port.signal });
    this.#listed = this.#listed && new Map([...this.#listed].filter(([share]) => share !== id));
    this.#published.delete(id);
  }

  /** Blobs of all its versions, as far as the server knows it still. */
  async everListed(id: string): Promise<readonly string[]> {
    try {
      return await this.#port.sync.api.shares.blobs(id, { signal: this.#port.signal });
    } catch (error) {
      if (isKeyfoldError(error, "gone") || isKeyfoldError(error, "not-found")) return [];
      throw error;
    }
  }

  view(id: string, terms: ShareTerms): ShareView {
    return viewOf(id, terms, this.#listed);
  }
}

function viewOf(id: string, { nodes = [], expires = 0 }: ShareTerms, listed: ReadonlyMap<string, OwnedShare> | null): ShareView {
  const known = listed?.get(id);
  const status = listed === null ? "unknown" : known === undefined ? "missing" : known.state === "expired" ? "expired" : "published";
  return {
    id,
    nodes,
    expires: expires === 0 ? null : expires * 1000,
    status,
    passphrase: known === undefined ? null : known.kept !== undefined,
    limit: known === undefined || known.limit === 0 ? null : known.limit,
    downloads: known?.downloads ?? null,
  };
}
