/**
 * What sort of thing a node is, coarsely, by the media type of its current version.
 *
 * @module
 */

import type { NodeKind, TreeNode } from "../interface/tree.ts";

const document = /officedocument|opendocument|msword|ms-excel|ms-powerpoint|rtf|epub/;
const archive = /zip|x-tar|x-7z|rar|gzip|bzip|x-xz|zstd/;

/** `type` in lower case. */
export function kindOfType(kind: TreeNode["kind"], type: string): NodeKind {
  if (kind === "directory") return "directory";
  const top = type.slice(0, Math.max(0, type.indexOf("/")));
  if (top === "image" || top === "video" || top === "audio") return top;
  if (type.startsWith("application/pdf")) return "pdf";
  if (document.test(type)) return "document";
  if (top === "text" || /json|xml|javascript/.test(type)) return "text";
  return archive.test(type) ? "archive" : "other";
}

export function kindOf(node: TreeNode): NodeKind {
  return kindOfType(node.kind, node.current?.type.toLowerCase() ?? "");
}
