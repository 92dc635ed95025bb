/**
 * The folder's deletion as a whole, asked of the server.
 *
 * @module
 */
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { FolderSync } from "../sync/folder-sync.ts";

/** Rejects with `conflict` when the server's log has gone on; then what is new was fetched, to be looked at. */
export async function deleteOnServer(sync: FolderSync, signal: AbortSignal | undefined): Promise<void> {
  const { position } = sync.replica;
  if (position === null || sync.access === null) throw new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
  try {
    await sync.api.deleteFolder(position.head.slice(), { signal });
  } catch (error) {
    // Deleted: by another device, or by this request, whose answer was lost.
    if (isKeyfoldError(error, "gone")) return;
    if (isKeyfoldError(error, "conflict")) await sync.refresh();
    throw error;
  }
}
