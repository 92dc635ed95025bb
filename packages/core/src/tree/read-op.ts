/**
 * Which shapes of JSON are an op, and which values may stand in one (docs/format.md, section 4).
 *
 * Shape alone decides here; whether an op has an effect where it stands is the fold's. Fields that are not listed are ignored, and not kept.
 *
 * @module
 */

import { isBase64url, isHexId } from "../crypto/encoding.ts";
import { isDescriptor, type Descriptor } from "../seal/blob.ts";
import { canonicalLength, isJsonObject, isPlainJson, type JsonObject } from "./json.ts";
import { metaLimit, nameLimit, type DropTerms, type Op, type Origin, type ShareTerms, type VersionDescriptor } from "./op.ts";

const largestU32 = 2 ** 32 - 1;
const encoder = new TextEncoder();

/** Whether a text may be a name: 1 to 255 UTF-8 bytes, no lone surrogate. Any characters otherwise. */
export function isName(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > nameLimit || !value.isWellFormed()) return false;
  return value.length * 3 <= nameLimit || encoder.encode(value).length <= nameLimit;
}

function isParent(value: unknown): value is string | null {
  return value === null || isHexId(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isEpoch(value: unknown): value is number {
  return isCount(value) && value <= largestU32;
}

function isIds(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isHexId);
}

function isAbsentOr(value: unknown, fits: (value: unknown) => boolean): boolean {
  return value === undefined || fits(value);
}

function sixMembers({ suite, blob, key, size, sealedSize, digest }: Descriptor): Descriptor {
  return { suite, blob, key, size, sealedSize, digest };
}

/** Whether a value is a descriptor that stands by itself. What a thumbnail or a snapshot shows has no thumbnail of its own. */
function isBareDescriptor(value: unknown): value is Descriptor {
  return isDescriptor(value) && (value as { thumbnail?: unknown }).thumbnail === undefined;
}

/** A version's known members alone; undefined where it is none. */
export function readVersion(value: unknown): VersionDescriptor | undefined {
  if (!isDescriptor(value)) return undefined;
  const { type, modified, thumbnail } = value as { type?: unknown; modified?: unknown; thumbnail?: unknown };
  if (!isAbsentOr(type, (t) => typeof t === "string") || !isAbsentOr(modified, isCount) || !isAbsentOr(thumbnail, isBareDescriptor)) {
    return undefined;
  }
  // Member by member: of a large folder there are many, and spreading makes each several times.
  const version: { -readonly [Member in keyof VersionDescriptor]: VersionDescriptor[Member] } = sixMembers(value);
  if (type !== undefined) version.type = type as string;
  if (modified !== undefined) version.modified = modified as number;
  if (thumbnail !== undefined) version.thumbnail = sixMembers(thumbnail as Descriptor);
  return version;
}

/** An origin's known members alone; undefined where it is none. */
export function readOrigin(value: unknown): Origin | undefined {
  return isJsonObject(value) && isHexId(value["drop"]) && isHexId(value["item"]) ? { drop: value["drop"], item: value["item"] } : undefined;
}

/** A drop's terms; undefined where one of them is not what it must be. */
export function readDropTerms(value: Readonly<Record<string, unknown>>): DropTerms | undefined {
  const { random, expires, to } = value;
  if (!isAbsentOr(random, (r) => isBase64url(r, 16)) || !isAbsentOr(expires, isCount) || !isAbsentOr(to, isParent)) return undefined;
  return {
    ...(random === undefined ? {} : { random: random as string }),
    ...(expires === undefined ? {} : { expires: expires as number }),
    ...(to === undefined ? {} : { to: to as string | null }),
  };
}

/** A share's terms; undefined where one of them is not what it must be. */
export function readShareTerms(value: Readonly<Record<string, unknown>>): ShareTerms | undefined {
  const { random, nodes, expires } = value;
  if (!isAbsentOr(random, (r) => isBase64url(r, 16)) || !isAbsentOr(expires, isCount) || !isAbsentOr(nodes, isIds)) return undefined;
  return {
    ...(random === undefined ? {} : { random: random as string }),
    ...(nodes === undefined ? {} : { nodes: nodes as string[] }),
    ...(expires === undefined ? {} : { expires: expires as number }),
  };
}

/** Whether a text is `keys` of a `keep`: base64url of 92 bytes. */
export function isKeptKeys(value: unknown): value is string {
  return isBase64url(value, 92);
}

/** Whether a value may be a file's or directory's meta: an object of at most 4 KiB in canonical JSON. */
export function isMeta(value: unknown): value is JsonObject {
  return isJsonObject(value) && isPlainJson(value) && canonicalLength(value) <= metaLimit;
}

type Fields = Readonly<Record<string, unknown>>;

function readPurge({ nodes, versions }: Fields): Op | undefined {
  if (versions === undefined) return isIds(nodes) ? { op: "purge", nodes } : undefined;
  return nodes === undefined && isIds(versions) ? { op: "purge", versions } : undefined;
}

function readPlaced(fields: Fields, op: "mkdir" | "add"): Op | undefined {
  const { node, parent, name } = fields;
  if (!isHexId(node) || !isParent(parent) || !isName(name)) return undefined;
  if (op === "mkdir") return { op, node, parent, name };
  const version = readVersion(fields["version"]);
  if (version === undefined) return undefined;
  if (fields["from"] === undefined) return { op, node, parent, name, version };
  const from = readOrigin(fields["from"]);
  return from && { op, node, parent, name, version, from };
}

function readFile(fields: Fields, op: "replace" | "reseal" | "revert"): Op | undefined {
  const { node, base, blob, from } = fields;
  if (!isHexId(node)) return undefined;
  if (op === "revert") return isHexId(blob) ? { op, node, blob } : undefined;
  const version = readVersion(fields[op === "replace" ? "version" : "to"]);
  if (version === undefined) return undefined;
  if (op === "replace") return isHexId(base) ? { op, node, base, version } : undefined;
  return isHexId(from) ? { op, node, from, to: version } : undefined;
}

function readNode(fields: Fields, op: "rename" | "move" | "trash" | "restore" | "meta"): Op | undefined {
  const { node, name, parent, meta } = fields;
  if (!isHexId(node)) return undefined;
  if (op === "rename") return isName(name) ? { op, node, name } : undefined;
  if (op === "move") return isParent(parent) ? { op, node, parent } : undefined;
  if (op === "meta") return isMeta(meta) ? { op, node, meta } : undefined;
  return { op, node };
}

function readSnapshot({ descriptor, covers, state }: Fields): Op | undefined {
  if (!isBareDescriptor(descriptor) || !isCount(covers) || !isBase64url(state, 32)) return undefined;
  return { op: "snapshot", descriptor: sixMembers(descriptor), covers, state };
}

/** The op that a parsed JSON value is; undefined where it is malformed (and therefore a no-op). */
export function readOp(value: unknown): Op | undefined {
  if (!isJsonObject(value) || !isPlainJson(value)) return undefined;
  const fields: Fields = value;
  switch (fields["op"]) {
    case "mkdir":
    case "add":
      return readPlaced(fields, fields["op"]);
    case "replace":
    case "reseal":
    case "revert":
      return readFile(fields, fields["op"]);
    case "rename":
    case "move":
    case "trash":
    case "restore":
    case "meta":
      return readNode(fields, fields["op"]);
    case "purge":
      return readPurge(fields);
    case "expose":
      return isIds(fields["versions"]) ? { op: "expose", versions: fields["versions"] } : undefined;
    case "drop": {
      const terms = readDropTerms(fields);
      return terms && isHexId(fields["drop"]) ? { op: "drop", drop: fields["drop"], ...terms } : undefined;
    }
    case "undrop":
      return isHexId(fields["drop"]) ? { op: "undrop", drop: fields["drop"] } : undefined;
    case "share": {
      const terms = readShareTerms(fields);
      return terms && isHexId(fields["share"]) ? { op: "share", share: fields["share"], ...terms } : undefined;
    }
    case "unshare":
      return isHexId(fields["share"]) ? { op: "unshare", share: fields["share"] } : undefined;
    case "keep":
      return isEpoch(fields["epoch"]) && isKeptKeys(fields["keys"])
        ? { op: "keep", epoch: fields["epoch"], keys: fields["keys"] }
        : undefined;
    case "forget":
      return isEpoch(fields["epoch"]) ? { op: "forget", epoch: fields["epoch"] } : undefined;
    case "snapshot":
      return readSnapshot(fields);
    default:
      return undefined;
  }
}
