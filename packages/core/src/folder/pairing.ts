/**
 * Pairing from a folder that is open here. The root that is handed over is the one given, or the one that this device keeps of an open folder: of a
 * locked one it holds derived keys alone, so the person gives the key once more.
 *
 * @module
 */
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Pairing } from "../interface/pairing.ts";
import { deriveOwnerKeys } from "../key/schedule.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { startGiving } from "../pair/giver.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { FolderSyncOptions } from "../sync/options.ts";

export interface PairingPort extends Pick<FolderSyncOptions, "provider" | "keyring"> {
  readonly sync: FolderSync;
}

/** `key` is overwritten when the pairing ends. Throws `key-needed`, `wrong-key`, `read-only`, `busy`, `rate-limited`, and what keeps from the server. */
export async function pairFolder({ provider, keyring, sync }: PairingPort, key: Bytes | null): Promise<Pairing> {
  let root = key;
  try {
    const { keyId } = standing(sync);
    root ??= await keyring.openRoot();
    if (root === null) {
      throw new KeyfoldError(
        "key-needed",
        "Of a locked folder this device holds no key that could be handed over: give it, folder.pair({ key }).",
      );
    }
    if ((await deriveOwnerKeys(provider, root)).keyId !== keyId)
      throw new KeyfoldError("wrong-key", "This is not the folder's present key.");
  } catch (error) {
    root?.fill(0);
    throw error;
  }
  return startGiving({ provider, api: sync.api, standing: () => standing(sync) }, root);
}

function standing({ access, replica }: FolderSync): { readonly keyId: string; readonly checkpoint: Checkpoint } {
  if (access === null) throw new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
  if (access.scope !== "owner") throw new KeyfoldError("read-only", "This device can read the folder, and hand no key over.");
  const { position } = replica;
  if (position?.epoch !== access.epoch) throw new KeyfoldError("busy", "The folder is not verified to its end yet. Try again.");
  return { keyId: access.held.keys.keyId, checkpoint: position };
}
