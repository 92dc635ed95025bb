/**
 * Getting a folder back with nothing but its key and what a server stored, or a server that runs.
 *
 * Pure reading: nothing is sent but requests for what is there, nothing is changed. Every byte that comes out was verified against the signed log
 * before; what does not verify is told, and the rest comes out all the same.
 *
 * @example
 * const recovery = await openRecovery(source, readRecoveryKey(text));
 * for (const item of recovery.items({ trash: true })) if (item.version !== null) await write(item.path, recovery.stream(item));
 *
 * @module
 */

import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { KeyfoldError } from "../error.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import { deriveReaderKeys, type EpochKeys } from "../key/schedule.ts";
import { contentPieces, goodStretches, streamOf, type Stretch } from "./content.ts";
import { readHistory, type History } from "./history.ts";
import { recoveryItems, type ItemChoice, type RecoveryItem } from "./items.ts";
import { deriveRecoveryKeys, type RecoveryKey } from "./key.ts";
import type { FolderSource, RecoverySource } from "./source.ts";

export interface RecoveryOptions {
  /** The folder, hex: needed where a read key is all there is and the source is a server. */
  readonly folder?: string | undefined;
  /** Instead of the one in the key file. */
  readonly checkpoint?: KeyCheckpoint | undefined;
}

export class Recovery {
  readonly history: History;
  readonly #provider: CryptoProvider;
  readonly #source: FolderSource;

  constructor(provider: CryptoProvider, source: FolderSource, history: History) {
    this.#provider = provider;
    this.#source = source;
    this.history = history;
  }

  /** Everything there is to write, directories before what is in them. */
  items(choice: ItemChoice = {}): RecoveryItem[] {
    return recoveryItems(this.history.tree, this.history.strays, choice);
  }

  /** A file's content, verified piece by piece (at most 1 MiB). Errors with `tampered`, or `not-found` where a part is missing; never just ends. */
  stream(item: RecoveryItem): ReadableStream<Uint8Array> {
    return streamOf(this.pieces(item));
  }

  /** The same as an iterator. */
  pieces(item: RecoveryItem): AsyncGenerator<Bytes> {
    return contentPieces(this.#provider, this.#source, versionOf(item));
  }

  /** What is good of a file that `stream` errors on, each stretch with its place. */
  stretches(item: RecoveryItem): AsyncGenerator<Stretch> {
    return goodStretches(this.#provider, this.#source, versionOf(item));
  }
}

function versionOf({ version }: RecoveryItem) {
  if (version === null) throw new KeyfoldError("invalid-argument", "A directory has no content of its own.");
  return version;
}

/**
 * Finds the key's folder and reads its history. `key` null: the read key that the folder `options.folder` publishes, being open.
 *
 * Throws `wrong-key`, `old-key`, `unreadable-key`, `key-needed` where an open folder's key was asked for and the folder is locked, and what reaching
 * the source fails with. What is damaged does not throw: `recovery.history.faults` tells it.
 */
export async function openRecovery(source: RecoverySource, key: RecoveryKey | null, options: RecoveryOptions = {}): Promise<Recovery> {
  const provider = webCryptoProvider();
  const keys = key === null ? await publishedKeys(provider, source, options.folder) : await deriveRecoveryKeys(provider, key);
  const folder = await source.find({
    keyId: keys.keyId,
    readAuthPub: keys.readAuthPub,
    folder: options.folder,
    credential: (epoch) => {
      const signing = keys.scope === "owner" ? keys.auth : keys.readAuth;
      return { scope: keys.scope, epoch, sign: (message) => provider.sign(signing, message) };
    },
  });
  const history = await readHistory({
    provider,
    keys,
    source: folder,
    content: (descriptor) => streamOf(contentPieces(provider, folder, descriptor)),
    checkpoint: options.checkpoint ?? key?.checkpoint,
  });
  // A published key is believed only of a folder in its first epoch, whose genesis says open.
  if (key === null && !(history.mode === 0 && history.position?.epoch === 0)) throw keyNeeded();
  return new Recovery(provider, folder, history);
}

type Keys = EpochKeys & { readonly keyId?: string | undefined };

async function publishedKeys(provider: CryptoProvider, source: RecoverySource, folder: string | undefined): Promise<Keys> {
  if (folder === undefined) throw new KeyfoldError("invalid-argument", "Without a key the folder must be named.");
  const published = await source.publishedKey(folder);
  if (published === null) throw keyNeeded();
  return deriveReaderKeys(provider, published);
}

function keyNeeded(): KeyfoldError {
  return new KeyfoldError("key-needed", "The folder is locked. Its key opens it.");
}
