/** Uploads that a dialog is looking over at this moment: the uploader beside it does not show them as well. */
import type { Folder } from "@keyfold/core";

const claims = new WeakMap<Folder, Set<string>>();

export function claimsOf(folder: Folder): Set<string> {
  let claimed = claims.get(folder);
  if (claimed === undefined) claims.set(folder, (claimed = new Set()));
  return claimed;
}
