/** Parts: sent and read, one by one or in bundles. */
import {
  bundleSize,
  constantTimeEqual,
  decodeSentBundle,
  encodeReadBundle,
  fromBase64url,
  largestSentBundle,
  partLengthOf,
  partSize,
  problems,
  ReadBundle,
  type Bytes,
  type ReadPart,
  type SentBundle,
  type SentPart,
} from "@keyfold/core/protocol";
import { createBlobs, type NewBlob } from "../blobs/creation.ts";
import { blobRows } from "../blobs/life.ts";
import { salvagePart, storeParts, type Outcome } from "../blobs/parts.ts";
import { givePartBuffer, partHash, partHasher, takePartBuffer } from "../blobs/part-bytes.ts";
import { loadPart, wantedParts } from "../blobs/reading.ts";
import { readBody, readJson } from "../body.ts";
import type { Mount, RequestContext } from "../context.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { enter, may } from "../session/gate.ts";
import { blobParam } from "./blobs.ts";
import { folderPath, partPath } from "./paths.ts";

/** Parts up to this length take no buffer of a whole part's, bytes. */
const smallPart = 256 * 1024;

const octets = { "content-type": "application/octet-stream" };

export function partRoutes(app: Mount, services: Services): void {
  app.put(partPath, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const blob = await blobParam(c, services, id);
    const index = Number(c.req.param("index"));
    const hash = hashHeader(c);
    const length = partLengthOf(blob.sealed_size, index);
    if (length === 0) throw new Refusal("part-size");
    const buffer = takePartBuffer();
    let unused = true;
    try {
      const hasher = partHasher();
      const bytes = await readBody(c, partSize, { each: hasher.update, into: buffer });
      if (bytes.length !== length) throw new Refusal("part-size");
      if (!constantTimeEqual(hasher.digest(), hash)) throw new Refusal("hash-mismatch");
      unused = false;
      const [outcome] = await storeParts(services, id, [{ blob: blob.id, index, hash, bytes }]);
      if (outcome !== undefined) throw new Refusal(outcome.code, { cause: outcome.cause });
      unused = true;
    } finally {
      // A store that failed may still be reading.
      if (unused) givePartBuffer(buffer);
    }
    return c.body(null, 204);
  });

  app.post(`${partPath}/salvage`, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const blob = await blobParam(c, services, id);
    const index = Number(c.req.param("index"));
    const outcome = await salvagePart(services, id, blob, index);
    if (outcome !== undefined) throw new Refusal(outcome.code, { cause: outcome.cause });
    return c.body(null, 204);
  });

  app.post(`${folderPath}/parts`, may(services, "write"), async (c) => {
    const { id } = await enter(c, services, "owner");
    const parts = decodeSentBundle(await readBody(c, largestSentBundle));
    const outcomes = await storeBundle(services, id, parts, c.req.header("keyfold-create") === "1");
    const sent: SentBundle = {
      parts: parts.map(({ blob, index }, place) => {
        const outcome = outcomes[place];
        return outcome === undefined
          ? { blob, index, status: 204 }
          : { blob, index, status: problems[outcome.code][0], code: outcome.code };
      }),
    };
    return c.json(sent);
  });

  app.get(partPath, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "read");
    return c.body(await readPart(c, services, id), 200, octets);
  });

  app.post(`${folderPath}/parts/read`, may(services, "read"), async (c) => {
    const { id } = await enter(c, services, "read");
    const { parts } = await readJson(c, ReadBundle);
    return c.body(encodeReadBundle(await readParts(services, id, parts)), 200, octets);
  });
}

/** A buffer that is given back once the answer has left; undefined where that cannot be known. */
function bufferForAnswer(c: RequestContext): Bytes | undefined {
  const outgoing = c.env?.outgoing;
  if (outgoing === undefined) return undefined;
  const buffer = takePartBuffer();
  // Only then has the system taken all of it: a connection that broke may still be writing, its buffer goes to the collector.
  outgoing.once("finish", () => givePartBuffer(buffer));
  return buffer;
}

function hashHeader(c: RequestContext): Bytes {
  const text = c.req.header("keyfold-hash") ?? "";
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) throw new Refusal("malformed", { detail: "The header Keyfold-Hash is missing or not a hash." });
  return fromBase64url(text, 32);
}

/** Checks, creates and stores a bundle's parts; the outcomes are in their order. */
async function storeBundle(services: Services, folder: string, parts: readonly SentPart[], create: boolean): Promise<Outcome[]> {
  const outcomes = parts.map(({ bytes, hash }): Outcome =>
    constantTimeEqual(partHash(bytes), hash) ? undefined : { code: "hash-mismatch" },
  );
  if (create) {
    for (const [place, code] of (await createAll(services, folder, parts, outcomes)).entries()) outcomes[place] ??= code;
  }
  const sound = parts.flatMap((part, place) => (outcomes[place] === undefined ? [{ part, place }] : []));
  const stored = await storeParts(
    services,
    folder,
    sound.map(({ part }) => part),
  );
  for (const [i, { place }] of sound.entries()) outcomes[place] = stored[i];
  return outcomes;
}

/** Creates the blobs of those parts that are whole blobs. Throws `quota` when they do not all fit; other faults are the part's own. */
async function createAll(services: Services, folder: string, parts: readonly SentPart[], refused: readonly Outcome[]): Promise<Outcome[]> {
  const known = await blobRows(
    services.database,
    folder,
    parts.map(({ blob }) => blob),
  );
  const sizes = new Map<string, number>();
  const outcomes = parts.map(({ blob, index, bytes }, place): Outcome => {
    if (refused[place] !== undefined) return undefined;
    const size = known.get(blob)?.sealed_size ?? sizes.get(blob) ?? bytes.length;
    if (size !== bytes.length) return { code: "blob-differs" };
    if (index !== 0) return { code: "part-size" };
    sizes.set(blob, bytes.length);
    return undefined;
  });
  const blobs: NewBlob[] = [...sizes].map(([blob, sealedSize]) => ({ blob, sealedSize }));
  if (blobs.length > 0) await createBlobs(services, folder, blobs);
  return outcomes;
}

/** The part in the path. Throws `not-found`, `gone`, `part-damaged`. */
export async function readPart(c: RequestContext, services: Services, folder: string): Promise<Bytes> {
  const blob = await blobParam(c, services, folder);
  const [wanted] = await wantedParts(services, folder, [[blob.id, Number(c.req.param("index"))]]);
  if (wanted === undefined) throw new Refusal("not-found");
  const bytes = await loadPart(services, wanted, wanted.length > smallPart ? bufferForAnswer(c) : undefined);
  if (bytes !== null) return bytes;
  // Deleted between looking and reading?
  await blobParam(c, services, folder);
  throw new Refusal("part-damaged");
}

/** What fits into 4 MiB of the parts that were asked for, at least one. `allowed`: of other blobs nothing is given. */
export async function readParts(
  services: Services,
  folder: string,
  asked: readonly (readonly [blob: string, index: number])[],
  allowed?: ReadonlySet<string>,
): Promise<ReadPart[]> {
  const found = await wantedParts(services, folder, asked);
  const wanted = found.map((part, place) => (allowed === undefined || allowed.has(asked[place]![0]) ? part : undefined));
  let length = 0;
  let fitting = 0;
  for (const part of wanted) {
    length += part?.length ?? 0;
    if (fitting > 0 && length > bundleSize) break;
    fitting++;
  }
  return Promise.all(
    asked.slice(0, fitting).map(async ([blob, index], place) => {
      const part = wanted[place];
      return { blob, index, bytes: part === undefined ? null : await loadPart(services, part).catch(() => null) };
    }),
  );
}
