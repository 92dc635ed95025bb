/**
 * What a share holds, as JSON (docs/format.md, section 8):
 *
 *     {"v": 1, "at": ms, "checkpoint"?: base64url(44), "nodes": [{"name", "node"?, "parent"?, "version"?}, …]}
 *
 * A node with a version is a file, one without is a directory; `parent` is the place in the list of an earlier directory, and is missing at the top. A
 * directory comes before what is in it. Unknown members are ignored.
 *
 * @module
 */

import * as v from "valibot";
import { fromBase64url, isHexId, toBase64url } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import { shareBlobs } from "../protocol/limits.ts";
import { currentOf, type Node } from "../tree/node.ts";
import { blobsOf, type VersionDescriptor } from "../tree/op.ts";
import { isName, readVersion } from "../tree/read-op.ts";
import type { Tree } from "../tree/tree.ts";

/** The version of manifests that is written here; a greater one needs a newer Keyfold. */
const manifestVersion = 1;

export interface SharedNode {
  readonly name: string;
  /** Its id in the folder, so that a newer version of the share is known for what it is. */
  readonly node?: string;
  readonly parent?: number;
  readonly version?: VersionDescriptor;
}

export interface Manifest {
  readonly at: number;
  readonly checkpoint?: Checkpoint;
  readonly nodes: readonly SharedNode[];
}

/** What is shared now: of these nodes those that stand and do not lie in the trash, with all that is below them; each file's current version. */
export function sharedNodes(tree: Tree, ids: readonly string[]): SharedNode[] {
  const shared: SharedNode[] = [];
  const standing = ids.flatMap((id) => tree.get(id) ?? []).filter(({ node }) => !tree.liesInTrash(node));
  const within = (id: string | null, others: ReadonlySet<string>): boolean => {
    for (let at = id; at !== null; at = tree.get(at)?.parent ?? null) if (others.has(at)) return true;
    return false;
  };
  const asked = new Set(standing.map(({ node }) => node));
  const waiting: { node: Node; parent: number | undefined }[] = standing
    .filter((node, i) => standing.indexOf(node) === i && !within(node.parent, asked))
    .map((node) => ({ node, parent: undefined }))
    .reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, parent } = next;
    const place = shared.length;
    const version = currentOf(node)?.descriptor;
    shared.push({
      name: node.name,
      node: node.node,
      ...(parent === undefined ? {} : { parent }),
      ...(version === undefined ? {} : { version }),
    });
    if (node.kind !== "directory") continue;
    const children = tree.children(node.node).filter(({ trashed }) => !trashed);
    for (const child of children.toReversed()) waiting.push({ node: child, parent: place });
  }
  return shared;
}

/** Every blob that the nodes name, thumbnails with them; hex. */
export function blobsOfNodes(nodes: readonly SharedNode[]): string[] {
  return nodes.flatMap(({ version }) => (version === undefined ? [] : blobsOf(version)));
}

/** The JSON. */
export function writeManifest({ at, checkpoint, nodes }: Manifest): string {
  const mark = checkpoint === undefined ? {} : { checkpoint: toBase64url(encodeCheckpoint(checkpoint)) };
  return JSON.stringify({ v: manifestVersion, at, ...mark, nodes });
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Version = v.pipe(
  v.custom<VersionDescriptor>((value) => readVersion(value) !== undefined),
  v.transform((value) => readVersion(value)!),
);
const ManifestJson = v.object({
  v: v.literal(manifestVersion),
  at: Count,
  checkpoint: v.optional(v.pipe(v.string(), v.length(59))),
  nodes: v.pipe(
    v.array(
      v.object({
        name: v.custom<string>(isName),
        node: v.optional(v.custom<string>(isHexId)),
        parent: v.optional(Count),
        version: v.optional(Version),
      }),
    ),
    v.maxLength(shareBlobs),
  ),
});

/** What a manifest says. Throws `malformed`, `unsupported-version`. Only for what is signed and opened. */
export function readManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(cause);
  }
  const version = typeof value === "object" && value !== null && "v" in value ? value.v : undefined;
  if (typeof version === "number" && version > manifestVersion) {
    throw new KeyfoldError("unsupported-version", "This link was made by a newer Keyfold. Update.", { reason: "share" });
  }
  const result = v.safeParse(ManifestJson, value);
  if (!result.success) throw malformed(new v.ValiError(result.issues));
  const { at, checkpoint, nodes } = result.output;
  for (const [place, { parent }] of nodes.entries()) {
    if (parent !== undefined && (parent >= place || nodes[parent]?.version !== undefined)) throw malformed(undefined);
  }
  return {
    at,
    nodes: nodes.map(plainNode),
    ...(checkpoint === undefined ? {} : { checkpoint: decodeCheckpoint(fromBase64url(checkpoint, 44)) }),
  };
}

function plainNode({ name, node, parent, version }: v.InferOutput<typeof ManifestJson>["nodes"][number]): SharedNode {
  return {
    name,
    ...(node === undefined ? {} : { node }),
    ...(parent === undefined ? {} : { parent }),
    ...(version === undefined ? {} : { version }),
  };
}

function malformed(cause: unknown): KeyfoldError {
  return new KeyfoldError("malformed", "What this link opens is not as it should be.", { reason: "share", cause });
}
