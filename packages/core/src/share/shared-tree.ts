/** A manifest as a tree: what lists, downloads and zips of a folder work on works on a share too. */
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import type { Node } from "../tree/node.ts";
import { Tree } from "../tree/tree.ts";
import type { SharedNode } from "./manifest.ts";

/** Throws `malformed` where nodes or blobs occur twice, or lie too deep. */
export function sharedTree(nodes: readonly SharedNode[]): Tree {
  const ids = nodes.map(({ node }, place) => node ?? idOfPlace(place));
  const standing = nodes.map(({ name, parent, version }, place): Node => {
    return {
      order: place,
      node: ids[place]!,
      kind: version === undefined ? "directory" : "file",
      parent: parent === undefined ? null : ids[parent]!,
      name,
      trashed: false,
      versions: version === undefined ? [] : [{ descriptor: version }],
    };
  });
  const tree = new Tree();
  if (!tree.fill(standing, [])) throw new KeyfoldError("malformed", "What this link opens is not as it should be.", { reason: "share" });
  return tree;
}

/** For a node that was given none. */
function idOfPlace(place: number): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, place);
  return toHex(bytes);
}
