/**
 * A recovered folder as one zip: every file verified to its end before its first byte is in the zip, so that none in it is short; and a report.
 *
 * @module
 */

import { makeZip } from "client-zip";
import type { Bytes } from "../crypto/provider.ts";
import type { KeyfoldError } from "../error.ts";
import { zipDate } from "../transfer/zip.ts";
import { isDamage } from "./content.ts";
import { pathText, type RecoveryItem } from "./items.ts";
import type { Recovery } from "./recovery.ts";

export interface DamagedItem {
  readonly item: RecoveryItem;
  readonly error: KeyfoldError;
}

export interface RecoveryZipOptions {
  /** Called before each item: how many are done, and which comes. */
  readonly onItem?: (done: number, item: RecoveryItem) => void;
  /** Bytes that were verified and are in the zip. */
  readonly onBytes?: (bytes: number) => void;
  readonly onDamage?: (damaged: DamagedItem) => void;
  /** Name and text of a file that is put last, made when everything else is in. */
  readonly report?: () => { readonly name: string; readonly text: string };
  readonly signal?: AbortSignal;
}

/** Bytes of a file that is kept between verifying and writing; a larger one is read twice. */
const kept = 8 * 1024 * 1024;

/** The zip. What is damaged is told and left out; what fails otherwise (a disk, a network) errors the stream. */
export function recoveryZip(
  recovery: Recovery,
  items: readonly RecoveryItem[],
  options: RecoveryZipOptions = {},
): ReadableStream<Uint8Array> {
  async function* inputs() {
    for (const [done, item] of items.entries()) {
      options.signal?.throwIfAborted();
      options.onItem?.(done, item);
      const lastModified = zipDate(item.modified ?? Date.now());
      if (item.version === null) {
        yield { name: pathText(item), lastModified };
        continue;
      }
      const verified = await verify(recovery, item);
      if ("error" in verified) {
        options.onDamage?.({ item, error: verified.error });
        continue;
      }
      const input = verified.pieces === null ? recovery.stream(item) : new Blob(verified.pieces).stream();
      yield { name: pathText(item), lastModified, input, size: item.size };
      options.onBytes?.(item.size);
    }
    const report = options.report?.();
    if (report !== undefined) yield { name: report.name, lastModified: new Date(), input: report.text };
  }
  return makeZip(inputs(), { buffersAreUTF8: true });
}

/** Reads all of it. The pieces, where they are few. */
async function verify(
  recovery: Recovery,
  item: RecoveryItem,
): Promise<{ readonly pieces: Bytes[] | null } | { readonly error: KeyfoldError }> {
  const pieces: Bytes[] | null = item.size <= kept ? [] : null;
  try {
    for await (const piece of recovery.pieces(item)) pieces?.push(piece);
    return { pieces };
  } catch (error) {
    if (isDamage(error)) return { error };
    throw error;
  }
}
