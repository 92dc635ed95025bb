/** What transfers get of a folder. */
import type { TreeView } from "../interface/tree.ts";
import type { FolderSync } from "../sync/folder-sync.ts";
import type { FolderSyncOptions } from "../sync/options.ts";
import { systemClock } from "../transfer/clock.ts";
import type { TransferPort } from "../transfer/port.ts";

export interface TransferSources extends FolderSyncOptions {
  readonly sync: FolderSync;
  readonly tree: () => TreeView;
}

export function transferPort({ provider, http, folder, store, device, live, sync, tree }: TransferSources): TransferPort {
  const purpose = `${folder}/transfer`;
  return {
    folder,
    device: device.id,
    server: http.server,
    provider,
    blobs: sync.api,
    store,
    connection: sync.connection,
    clock: systemClock,
    padded: true,
    hold: (name) => live.hold(`keyfold:${device.id}:${name}`),
    tree,
    version(node, blob) {
      const versions = sync.replica.tree.get(node)?.versions;
      const found = blob === undefined ? versions?.at(-1) : versions?.find(({ descriptor }) => descriptor.blob === blob);
      return found?.descriptor;
    },
    propose: async (ops) => sync.propose(ops).confirmed,
    writable: () => sync.writable,
    refresh: () => sync.refresh(),
    sealSecret: (plaintext) => device.seal(purpose, plaintext),
    openSecret: (sealed) => device.open(purpose, sealed),
  };
}
