/**
 * Directories as a zip stream: structure, empty directories and modification times kept, names made safe, contents verified.
 *
 * Small files are fetched many at a time. A file that does not verify errors the whole stream: a zip is never silently short of one.
 *
 * @module
 */
import { makeZip, predictLength } from "client-zip";
import type { NodeId, TreeNode } from "../interface/tree.ts";
import { bundleParts, bundleSize } from "../protocol/limits.ts";
import type { Descriptor } from "../seal/blob.ts";
import { createOpener } from "../seal/opener.ts";
import { exportNames } from "../tree/export-name.ts";
import { openOnly } from "./content.ts";
import { asKeyfoldError } from "./outage.ts";
import { type Patience, patiently } from "./patience.ts";
import type { ReadingPort } from "./port.ts";

/** Bytes of a sealed blob that is worth fetching with others. */
const SMALL = 512 * 1024;

export interface ZipEntry {
  /** With the directories above it, slashes between; a directory's ends in one. */
  readonly name: string;
  readonly modified: Date;
  /** Null: a directory. */
  readonly file: TreeNode | null;
}

/** What a zip of these nodes holds, in order; directories before what is in them. */
export function zipEntries(port: ReadingPort, nodes: readonly TreeNode[]): ZipEntry[] {
  const tree = port.tree();
  const entries: ZipEntry[] = [];
  const visit = (siblings: readonly TreeNode[], above: string): void => {
    const names = exportNames(siblings);
    siblings.forEach((node, i) => {
      const name = above + names[i]!;
      const modified = zipDate(node.current?.modified ?? node.added?.at ?? port.clock.now());
      if (node.kind === "file") {
        if (node.current !== null) entries.push({ name, modified, file: node });
      } else {
        entries.push({ name: `${name}/`, modified, file: null });
        visit(tree.children(node.id), `${name}/`);
      }
    });
  };
  visit(nodes, "");
  return entries;
}

/** A zip tells years 1980 to 2107 (APPNOTE 4.4.6). */
export function zipDate(milliseconds: number): Date {
  return new Date(Math.min(Math.max(milliseconds, Date.UTC(1980, 0, 2)), Date.UTC(2107, 11, 30)));
}

/** Bytes of the zip, known before it is made. */
export function zipSize(entries: readonly ZipEntry[]): number {
  return Number(
    predictLength(
      entries.map(({ name, modified, file }) =>
        file === null ? { name, lastModified: modified } : { name, lastModified: modified, size: file.current?.size ?? 0 },
      ),
    ),
  );
}

export interface ZipContents {
  /** The verified content of a file. */
  readonly stream: (node: TreeNode) => ReadableStream<Uint8Array>;
  readonly descriptor: (node: NodeId) => Descriptor | undefined;
  /** Bytes of content from small files, which `stream` is not asked for. */
  readonly progress: (bytes: number) => void;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Ends every request of this zip. */
  readonly stop: (reason: unknown) => void;
}

/** The zip. Errors with what any of its files errors with. */
export function zipStream(port: ReadingPort, entries: readonly ZipEntry[], contents: ZipContents): ReadableStream<Uint8Array> {
  async function* inputs() {
    const small = new SmallFiles(port, entries, contents);
    for (const [index, { name, modified, file }] of entries.entries()) {
      if (file === null) {
        yield { name, lastModified: modified };
        continue;
      }
      const pieces = await small.take(index);
      if (pieces === undefined) {
        yield { name, lastModified: modified, input: contents.stream(file) };
      } else {
        const blob = new Blob(pieces);
        yield { name, lastModified: modified, input: blob.stream(), size: blob.size };
        contents.progress(blob.size);
      }
    }
  }
  const reader = makeZip(inputs(), { buffersAreUTF8: true }).getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        try {
          const { done, value } = await reader.read();
          if (done) stream.close();
          else stream.enqueue(value);
        } catch (error) {
          stream.error(asKeyfoldError(error));
        }
      },
      async cancel(reason) {
        contents.stop(reason);
        // The entry that was under way ends by the same signal, and says so.
        await reader.cancel(reason).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Fetches small files in bundles, one bundle ahead of where the zip is. */
class SmallFiles {
  readonly #port: ReadingPort;
  readonly #contents: ZipContents;
  /** Files of one part, by their place among the entries. */
  readonly #left: { index: number; descriptor: Descriptor }[];
  readonly #bundles: { last: number; opened: Promise<Map<number, Uint8Array<ArrayBuffer>[]>> }[] = [];

  constructor(port: ReadingPort, entries: readonly ZipEntry[], contents: ZipContents) {
    this.#port = port;
    this.#contents = contents;
    this.#left = entries.flatMap(({ file }, index) => {
      const descriptor = file === null ? undefined : contents.descriptor(file.id);
      return descriptor !== undefined && descriptor.sealedSize <= SMALL ? [{ index, descriptor }] : [];
    });
  }

  /** A small file's verified content; undefined for a large one, and for one that the bundle lacked: it is fetched alone, which tells why. */
  async take(index: number): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
    while (this.#bundles[0] !== undefined && this.#bundles[0].last < index) this.#bundles.shift();
    while (this.#bundles.length < 2 && this.#left.length > 0) this.#fetch();
    const opened = await this.#bundles[0]?.opened;
    const pieces = opened?.get(index);
    opened?.delete(index);
    return pieces;
  }

  #fetch(): void {
    let size = 0;
    const count = this.#left.findIndex(({ descriptor }, i) => (size += descriptor.sealedSize) > bundleSize || i === bundleParts);
    const bundle = this.#left.splice(0, count === -1 ? this.#left.length : count);
    const opened = this.#open(bundle);
    opened.catch(() => undefined);
    this.#bundles.push({ last: bundle.at(-1)!.index, opened });
  }

  async #open(bundle: readonly { index: number; descriptor: Descriptor }[]): Promise<Map<number, Uint8Array<ArrayBuffer>[]>> {
    const { patience, signal } = this.#contents;
    const asked = bundle.map(({ descriptor }) => [descriptor.blob, 0] as const);
    const parts = await patiently(this.#port, patience, signal, () => this.#port.blobs.readBundle(asked, { signal }));
    const bytesOf = new Map(parts.map(({ blob, bytes }) => [blob, bytes]));
    const opened = await Promise.all(
      bundle.map(async ({ index, descriptor }) => {
        const bytes = bytesOf.get(descriptor.blob);
        if (bytes === undefined || bytes === null) return undefined;
        return [index, await openOnly(this.#port, createOpener(this.#port.provider, descriptor), bytes)] as const;
      }),
    );
    return new Map(opened.filter((one) => one !== undefined));
  }
}
