/**
 * What page, frame and worker say to each other when a file is saved. The page's side is core's (`transfer/save.ts`); a test holds both equal.
 *
 * @module
 */

/** From the page to the frame, and from there to the worker, with the port that the bytes come through. */
export interface SaveRequest {
  readonly type: "keyfold:save";
  /** Random, 32 hex digits: all that stands in the address. */
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Over the port: what the page sends. */
export type ToWorker =
  | { readonly type: "chunk"; readonly bytes: Uint8Array }
  | { readonly type: "end" }
  | { readonly type: "abort" }
  | { readonly type: "alive" };

/** Over the port: what the worker asks and tells, or the frame where there can be no worker (`refused`). */
export type FromWorker = { readonly type: "pull" | "cancel" | "finished" | "refused" };

/** Between frame and worker. */
export type ToFrame = { readonly type: "keyfold:ready"; readonly id: string } | { readonly type: "keyfold:over"; readonly id: string };

export function isSaveRequest(value: unknown): value is SaveRequest {
  if (typeof value !== "object" || value === null) return false;
  const { type, id, name, size } = value as { [Member in keyof SaveRequest]?: unknown };
  return (
    type === "keyfold:save" && typeof id === "string" && /^[0-9a-f]{32}$/.test(id) && typeof name === "string" && Number.isSafeInteger(size)
  );
}
