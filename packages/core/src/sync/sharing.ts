/**
 * The folder's shares on an owner's device: made, taken back, and their manifests published anew when what they show has changed.
 *
 * Manifests are static; whichever owner's device is in step publishes the next version. The server takes it only in the place of the version that it follows,
 * and only from a state of the log that is not older: of two devices one wins, and the other finds that there is nothing left to do.
 *
 * @module
 */
import { Refusal } from "../api/refusal.ts";
import { cancelled, unlessAborted, wait } from "../api/backoff.ts";
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { ShareView, UnshareOptions } from "../interface/share.ts";
import type { LocalStore } from "../interface/store.ts";
import { signPubOf } from "../protocol/identity.ts";
import { OwnedSecret, type ShareOwner } from "../share/owned.ts";
import { sealStretched, shareOpening, stretchPassphrase } from "../share/secrets.ts";
import type { Liveness } from "../store/liveness.ts";
import type { Op, ShareTerms } from "../tree/op.ts";
import { exposeOps, shownVersions } from "./exposing.ts";
import type { FolderSync } from "./folder-sync.ts";
import { PublishedShares } from "./published-shares.ts";
import { asKeyfoldError } from "./trouble.ts";

export interface SharingPort {
  readonly provider: CryptoProvider;
  readonly sync: FolderSync;
  readonly store: LocalStore;
  readonly folder: string;
  readonly live: Liveness;
  /** Held by the page that keeps the manifests up to date. */
  readonly lock: string;
  readonly onProblem: (error: KeyfoldError) => void;
  /** `views` would give something else. */
  readonly changed: () => void;
}

export interface NewShare {
  readonly nodes: readonly string[];
  /** Unix seconds; 0: never. */
  readonly expires: number;
  /** 0: any number. */
  readonly limit: number;
  readonly passphrase: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds between two looks at what changed: what changes in between is published together. */
const BETWEEN = 1_000;
/** Attempts at one version, where other devices publish too. */
const ATTEMPTS = 4;

export class Sharing {
  readonly #port: SharingPort;
  readonly #closing = new AbortController();
  readonly #server: PublishedShares;
  /** Made here, and not in the log yet. */
  readonly #making = new Set<string>();
  /** What was told once. */
  readonly #told = new Set<string>();
  /** The place in the log at which everything was as it should be. */
  #settledAt = -1;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(port: SharingPort) {
    this.#port = port;
    const { provider, sync, changed } = port;
    this.#server = new PublishedShares({ provider, sync, changed, signal: this.#closing.signal });
  }

  /** Shares of the log, with what the server tells of them. */
  views(): ShareView[] {
    const { tree } = this.#port.sync.replica;
    return Array.from(tree.shares, ([id, terms]) => this.#server.view(id, terms));
  }

  /** The fragment of a share's link. Rejects with `not-found`, `read-only`, `key-needed`. */
  async fragment(id: string): Promise<string> {
    const terms = this.#port.sync.replica.tree.shares.get(id);
    if (terms === undefined) throw noSuchShare();
    const secret = await OwnedSecret.ofOp(this.#owner(), id, terms.random);
    if (secret === null) throw noSuchShare();
    return secret.fragment();
  }

  /**
   * Publishes, and then puts it into the log: a share that the log has is one that the server had. Resolves with id and fragment when both are done. Rejects with
   * `not-found`, `too-large`, `read-only`, and what the server is not reached with; then nothing was shared.
   */
  async create({ nodes, expires, limit, passphrase, signal }: NewShare): Promise<{ id: string; fragment: string }> {
    const { provider, sync, store, live } = this.#port;
    void sync.propose([]); // throws what forbids it
    await unlessAborted(sync.refresh(), signal);
    const owner = this.#owner();
    const random = provider.randomBytes(16);
    const secret = await OwnedSecret.of(owner, random);
    const { id } = secret;
    const stretched = passphrase === undefined ? null : await stretchPassphrase(provider, secret.secret, passphrase);
    const kept = stretched === null ? new Uint8Array() : await sealStretched(provider, owner.share, secret.keptPlace, stretched);
    const opening = await shareOpening(provider, secret.secret, stretched);
    stretched?.fill(0);

    const state = this.#server.shown(nodes);
    if (state.missing) throw new KeyfoldError("not-found", "There is no such file or directory in this folder.");
    const mark = this.#markKey(id);
    const release = await live.hold(this.#lockOf(id));
    this.#making.add(id);
    try {
      await store.set(mark, true);
      await this.#server.publish(secret, opening, { version: 1, expires, limit, kept }, state);
      // The last moment: what is in the log is not given up, but taken back.
      if (signal?.aborted === true) throw cancelled(signal);
      await sync.propose([{ op: "share", share: id, random: toBase64url(random), nodes: [...nodes], expires }]).confirmed;
      await store.delete(mark);
    } catch (error) {
      // Should this fail too, or the page be at its end, the mark remains, and the next look takes it back.
      if (!this.#closing.signal.aborted) await this.#revoke(id).catch(() => undefined);
      throw error;
    } finally {
      this.#making.delete(id);
      release?.();
    }
    this.#server.outdate();
    this.look();
    return { id, fragment: await secret.fragment() };
  }

  /** Ends a share in the log and on the server. Kept like every change when the server is not reached, and rejects with that. */
  async end(id: string, { reencrypt = false }: UnshareOptions): Promise<void> {
    const { sync } = this.#port;
    const terms = sync.replica.tree.shares.get(id);
    if (terms === undefined) throw noSuchShare();
    const ops: Op[] = [{ op: "unshare", share: id }];
    if (reencrypt) {
      const listed = await this.#server.everListed(id);
      ops.push(...exposeOps(shownVersions(sync.replica.tree, terms.nodes ?? [], listed)));
    }
    const { kept, confirmed } = sync.propose(ops);
    await kept;
    await this.#revoke(id);
    await confirmed;
  }

  /** Looks whether anything that is shared has changed, now or soon. */
  look(): void {
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    if (!this.#able || !this.#wanted()) return;
    this.#running = this.#run()
      .catch((error: unknown) => this.#tell(asKeyfoldError(error)))
      .finally(() => {
        this.#running = null;
        if (this.#again) this.look();
      });
  }

  async close(): Promise<void> {
    this.#again = false;
    this.#closing.abort(new KeyfoldError("cancelled", "The folder was closed."));
    await this.#running;
  }

  get #able(): boolean {
    const { sync } = this.#port;
    return !this.#closing.signal.aborted && sync.phase === "ready" && sync.writable;
  }

  #wanted(): boolean {
    const { replica } = this.#port.sync;
    if ((replica.position?.seq ?? -1) !== this.#settledAt) return true;
    return replica.tree.shares.size > 0 && this.#server.isDue;
  }

  async #run(): Promise<void> {
    const { live, lock } = this.#port;
    this.#again = false;
    const release = await live.hold(lock);
    if (release === null) return; // another page's work
    try {
      await this.#settle();
    } finally {
      release();
    }
    // What changes in this time is one publication.
    await wait(BETWEEN, this.#closing.signal).catch(() => undefined);
  }

  async #settle(): Promise<void> {
    const { sync } = this.#port;
    const { replica, chronicle } = sync;
    const seq = replica.position?.seq ?? -1;
    const terms = replica.confirmed((tree) => new Map(tree.shares));
    await this.#clearMarks();
    if (terms.size === 0 && chronicle.shared.size === 0) {
      this.#settledAt = seq;
      return;
    }
    // What the log ended and the server was not told of. Others are another device's, which is about to put them into the log.
    for (const id of (await this.#server.list()).keys()) if (!terms.has(id) && chronicle.shared.has(id)) await this.#revoke(id);
    for (const [id, one] of terms) {
      if (!this.#able) return;
      try {
        await this.#bring(id, one);
      } catch (error) {
        const known = asKeyfoldError(error);
        if (!isOfOne(known)) throw known;
        this.#tell(known, id);
      }
    }
    this.#settledAt = seq;
  }

  /** Takes back what a page published and did not live to put into the log. */
  async #clearMarks(): Promise<void> {
    const { sync, store, live } = this.#port;
    const prefix = this.#markKey("");
    for (const key of await store.keys(prefix)) {
      const id = key.slice(prefix.length);
      if (this.#making.has(id)) continue;
      const release = await live.hold(this.#lockOf(id));
      if (release === null) continue; // a page that lives is making it
      try {
        if ((await store.get(key)) === undefined) continue;
        if (sync.replica.tree.shares.has(id)) await store.delete(key);
        else await this.#revoke(id);
      } finally {
        release();
      }
    }
  }

  /** Publishes one anew where what it shows is not what is published; ends one that has expired. */
  async #bring(id: string, terms: ShareTerms): Promise<void> {
    const { sync } = this.#port;
    for (let attempt = 1; ; attempt++) {
      const listed = (await this.#server.list()).get(id);
      const secret = await OwnedSecret.ofOp(this.#owner(), id, terms.random);
      // Of an epoch before, or made by nobody who could: there is no link to it.
      if (secret === null || (listed?.state === "expired" && (terms.expires ?? 0) !== 0)) {
        await sync.propose([{ op: "unshare", share: id }]).kept;
        return;
      }
      if (listed === undefined || listed.state === "expired") return;
      const state = this.#server.shown(terms.nodes ?? []);
      if (state.seq < listed.seq) return; // somebody is further: the next pull tells
      try {
        if (this.#server.shows(id, listed.version, state)) return;
        const kept = listed.kept === undefined ? new Uint8Array() : fromBase64url(listed.kept, 60);
        const opening = await secret.opening(kept);
        const version = await this.#server.read(secret, opening);
        if (this.#server.shows(id, version, state)) return;
        await this.#server.publish(secret, opening, { ...listed, version: version + 1, kept }, state);
        return;
      } catch (error) {
        if (isKeyfoldError(error, "gone") || isKeyfoldError(error, "not-found")) {
          this.#server.outdate();
          return; // taken back meanwhile
        }
        if (!(error instanceof Refusal) || error.serverCode !== "share-newer" || attempt === ATTEMPTS) throw error;
        this.#server.outdate();
      }
    }
  }

  async #revoke(id: string): Promise<void> {
    await this.#server.revoke(id);
    await this.#port.store.delete(this.#markKey(id));
  }

  /** Throws `read-only`, `key-needed`. */
  #owner(): ShareOwner {
    const { provider, sync, folder } = this.#port;
    const { access } = sync;
    if (access?.scope !== "owner") {
      if (access === null) throw new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
      throw new KeyfoldError("read-only", "This device can read the folder and not change it.");
    }
    const { share, sign, keys } = access.held.keys;
    return { provider, folderId: folder, share, sign, signPub: signPubOf(keys).slice() };
  }

  /** Tells what no caller's promise carries; the same thing once. What concerns the whole folder is told by its rounds. */
  #tell(error: KeyfoldError, id = ""): void {
    const news = `${id} ${error.code} ${error.reason ?? ""}`;
    if (!isOfOne(error) || this.#told.has(news)) return;
    this.#told.add(news);
    this.#port.onProblem(error);
  }

  #lockOf(id: string): string {
    return `${this.#port.lock}:${id}`;
  }

  #markKey(id: string): string {
    return `folder/${this.#port.folder}/sharing/${id}`;
  }
}

/** A fault of one share, which the others do not have. */
function isOfOne({ code }: KeyfoldError): boolean {
  return code === "tampered" || code === "malformed" || code === "too-large" || code === "unsupported-version" || code === "conflict";
}

function noSuchShare(): KeyfoldError {
  return new KeyfoldError("not-found", "There is no such link to this folder.");
}
