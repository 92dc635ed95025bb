/**
 * Puts what was sent into the tree: directories made once, files by `add` or `replace`, many in one proposal.
 *
 * One proposal is under way at a time. What becomes ready meanwhile goes with the next, so that 500 photos are a handful of entries.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import type { NodeId, TreeNode } from "../interface/tree.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import type { TransferOp, TransferPort } from "./port.ts";
import type { Conflict, Destination } from "./upload.ts";

/** Ops of one proposal. */
const LARGEST = 500;

export interface FileToFile {
  readonly node: NodeId;
  readonly to: Destination;
  readonly path: readonly string[];
  /** Null: the directories alone. */
  readonly content: { readonly name: string; readonly version: VersionDescriptor; readonly conflict: Conflict } | null;
}

interface Waiting {
  readonly file: FileToFile;
  readonly resolve: (node: NodeId) => void;
  readonly reject: (error: unknown) => void;
}

export class Filing {
  readonly #port: TransferPort;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(port: TransferPort) {
    this.#port = port;
  }

  /** Resolves with the node when the folder's verified history has it. Rejects with what `propose` rejects with. */
  file(file: FileToFile): Promise<NodeId> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, resolve, reject });
      // Those that become ready in the same turn go together.
      if (!this.#running) {
        this.#running = true;
        queueMicrotask(() => void this.#run());
      }
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, LARGEST);
      this.#waiting = this.#waiting.slice(LARGEST);
      try {
        const { ops, nodes } = filingOps(
          this.#port,
          batch.map(({ file }) => file),
        );
        if (ops.length > 0) await this.#port.propose(ops);
        batch.forEach(({ resolve, reject, file }, i) => {
          const node = nodes[i]!;
          if (file.content === null || this.#port.tree().get(node) !== undefined) resolve(node);
          else
            reject(
              new KeyfoldError("conflict", "The file was sent, and found no place in the folder. Try again.", { reason: "not-filed" }),
            );
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = false;
  }
}

/** The ops that file these, and the node that each one becomes. */
export function filingOps(port: TransferPort, files: readonly FileToFile[]): { ops: TransferOp[]; nodes: NodeId[] } {
  const places = new Places(port);
  const ops: TransferOp[] = [];
  const nodes = files.map(({ node, to, path, content }) => {
    const parent = places.directory(to, path, ops);
    if (content === null) return parent ?? node;
    const { name, version, conflict } = content;
    const known = port.tree().get(node);
    // An earlier page proposed it already, and was closed before it heard the answer.
    if (known?.versions.some(({ blob }) => blob === version.blob) === true) return node;
    const there = conflict === "replace" ? places.file(parent, name) : undefined;
    if (there === undefined) {
      ops.push({ op: "add", node, parent, name, version });
      places.put(parent, name, node, version.blob);
      return node;
    }
    ops.push({ op: "replace", node: there.node, base: there.blob, version });
    places.put(parent, name, there.node, version.blob);
    return there.node;
  });
  return { ops, nodes };
}

interface Inhabitants {
  readonly directories: Map<string, NodeId>;
  readonly files: Map<string, { readonly node: NodeId; readonly blob: string }>;
}

/** Who lives where by name, in the tree and in the ops being made. */
export class Places {
  readonly #port: TransferPort;
  readonly #byParent = new Map<NodeId | null, Inhabitants>();

  constructor(port: TransferPort) {
    this.#port = port;
  }

  /** The directory of a path below a destination; makes what is missing by ops. */
  directory(to: Destination, path: readonly string[], ops: TransferOp[]): NodeId | null {
    const { start, names } = route(to, path);
    return names.reduce<NodeId | null>((parent, name) => {
      const { directories } = this.#inhabitants(parent);
      const known = directories.get(name);
      if (known !== undefined) return known;
      const node = toHex(this.#port.provider.randomBytes(16));
      ops.push({ op: "mkdir", node, parent, name });
      directories.set(name, node);
      return node;
    }, start);
  }

  /** The directory where it exists already; undefined where it would have to be made. */
  existing(to: Destination, path: readonly string[]): NodeId | null | undefined {
    const { start, names } = route(to, path);
    return names.reduce<NodeId | null | undefined>((parent, name) => {
      return parent === undefined ? undefined : this.#inhabitants(parent).directories.get(name);
    }, start);
  }

  file(parent: NodeId | null, name: string): { readonly node: NodeId; readonly blob: string } | undefined {
    return this.#inhabitants(parent).files.get(name);
  }

  put(parent: NodeId | null, name: string, node: NodeId, blob: string): void {
    this.#inhabitants(parent).files.set(name, { node, blob });
  }

  #inhabitants(parent: NodeId | null): Inhabitants {
    let known = this.#byParent.get(parent);
    if (known === undefined) {
      known = { directories: new Map(), files: new Map() };
      for (const child of this.#port.tree().children(parent)) enter(known, child);
      this.#byParent.set(parent, known);
    }
    return known;
  }
}

/** Of twins the first created counts. */
function enter({ directories, files }: Inhabitants, { id, kind, name, current }: TreeNode): void {
  if (kind === "directory") {
    if (!directories.has(name)) directories.set(name, id);
  } else if (current !== null && !files.has(name)) files.set(name, { node: id, blob: current.blob });
}

/** Where a path below a destination begins, and the directories on the way. */
export function route(to: Destination, path: readonly string[]): { start: NodeId | null; names: readonly string[] } {
  if (typeof to !== "string") return { start: to.node, names: path };
  return { start: null, names: [...to.split("/").filter((name) => name !== ""), ...path] };
}
