/** Fetches what is needed to show a file, verified before any of it is shown. */
import type { BlobId, Folder, TreeNode } from "@keyfold/core";
import { KeyfoldError } from "@keyfold/core";
import { drawnType, previewKind, previewLimit, textShown } from "./preview-kind.ts";
import type { PreviewKind } from "./preview-kind.ts";

export type Shown =
  | { readonly kind: "image" | "video" | "audio" | "pdf"; readonly blob: Blob }
  | { readonly kind: "text"; readonly text: string; readonly cut: boolean };

export interface LoadOptions {
  readonly version: BlobId | null;
  readonly signal: AbortSignal;
  readonly onProgress: (received: number, size: number) => void;
}

/** How a node would be shown; `too-large` where it would not be fetched just to be looked at. */
export function showable(node: TreeNode): PreviewKind | "too-large" {
  const kind = previewKind({ name: node.name, type: node.current?.type ?? "" });
  if (kind === "none" || kind === "text") return kind;
  return (node.current?.size ?? 0) > previewLimit[kind] ? "too-large" : kind;
}

/** Rejects with what the folder rejects with: `tampered`, `offline` … */
export async function loadPreview(folder: Folder, node: TreeNode, kind: PreviewKind, options: LoadOptions): Promise<Shown | null> {
  const { version, signal, onProgress } = options;
  const of = version === null ? {} : { version };
  if (kind === "none") return null;
  if (kind === "text") {
    const stream = folder.stream({ node: node.id }, { ...of, signal, start: 0, end: textShown });
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    if (signal.aborted) throw new KeyfoldError("cancelled", "The preview was closed.");
    return { kind, text: decode(bytes, bytes.length === textShown), cut: (node.current?.size ?? 0) > textShown };
  }
  const blob = await folder.download({ node: node.id }, { ...of, signal, onProgress });
  return { kind, blob: new Blob([blob], { type: drawnType({ name: node.name, type: node.current?.type ?? "" }) }) };
}

/** UTF-8, or UTF-16 where a mark says so; what is neither is read as Latin letters rather than as question marks. */
function decode(bytes: Uint8Array, cut: boolean): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    // `stream` holds back a letter that the cut went through
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
