/**
 * What is done with the folder's key where a caller gives it: the folder locked, signed in to, handed on. Of the caller's own bytes nothing is kept.
 *
 * @module
 */
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { SignInOptions } from "../interface/folder.ts";
import type { Pairing } from "../interface/pairing.ts";
import { copyOfKey } from "../key/schedule.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { HeldKeys } from "../sync/keyring.ts";
import type { FolderSyncOptions } from "../sync/options.ts";

export interface KeysPort extends Pick<FolderSyncOptions, "provider" | "server" | "folder" | "keyring"> {
  readonly sync: FolderSync;
}

/** Each as the folder's own of that name. */
export class Keys {
  readonly #port: KeysPort;
  readonly #pairings = new Set<Pairing>();

  constructor(port: KeysPort) {
    this.#port = port;
  }

  lock(key: Uint8Array): Promise<void> {
    return withCopy(key, (root) => this.#port.sync.lock(root));
  }

  /** `open` is given the keys of the folder's present epoch. */
  signIn(key: Uint8Array, { signal }: SignInOptions, open: (held: HeldKeys) => Promise<void>): Promise<void> {
    const { keyring, server, folder, sync } = this.#port;
    return withCopy(key, async (root) => {
      const derived = await keyring.derive(root, 0);
      const found = await server.findKey(derived.keys.keyId, { signal });
      if (found.folder !== folder) throw new KeyfoldError("wrong-folder", "This key opens another folder.");
      if (found.epoch < found.current) throw new KeyfoldError("old-key", "This key opened the folder earlier; it was changed since.");
      await open({ ...derived, epoch: found.current });
      if (sync.isOpenFolder) await keyring.keepRoot(root);
    });
  }

  async pair(key: Uint8Array | undefined): Promise<Pairing> {
    const root = key === undefined ? null : copyOfKey(key);
    const { pairFolder } = await import("./pairing.ts");
    const pairing = await pairFolder(this.#port, root);
    this.#pairings.add(pairing);
    // Closed meanwhile: nobody would end it any more.
    if (this.#port.sync.phase === "ended") await this.endPairings();
    void pairing.finished.catch(() => undefined).then(() => this.#pairings.delete(pairing));
    return pairing;
  }

  /** A key is not handed over any more by a folder that is not open. */
  async endPairings(): Promise<void> {
    await Promise.all(Array.from(this.#pairings, (pairing) => pairing.cancel()));
  }
}

async function withCopy(key: Uint8Array, use: (root: Bytes) => Promise<void>): Promise<void> {
  const root = copyOfKey(key);
  try {
    await use(root);
  } finally {
    root.fill(0);
  }
}
