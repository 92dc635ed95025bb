/**
 * Laws of everything that takes bytes or text from outside apart: a value or a typed error, in a time that the input's length bounds, and no prototype
 * changed.
 *
 * @module
 */
import { deepStrictEqual, fail, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import * as v from "valibot";
import { integerHeader, validJson } from "../../src/api/answer.ts";
import { FolderApi } from "../../src/api/client.ts";
import { Http } from "../../src/api/http.ts";
import { Refusal, refusalOf, retryAfterSeconds } from "../../src/api/refusal.ts";
import { Session } from "../../src/api/session.ts";
import { concat, fromBase64url, fromHex, fromUtf8, toBase64url, toHex, toUtf8 } from "../../src/crypto/encoding.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { KeyfoldError } from "../../src/error.ts";
import { folderOfLink } from "../../src/folder/link.ts";
import { readFragment, readKeyOfLink } from "../../src/folder/read-link.ts";
import { keyFileName, parseKeyFile, writeKeyFile } from "../../src/key/file.ts";
import { openKeep, sealKeep } from "../../src/key/keep.ts";
import { printKey, readKey, readRow, readTypedRow, tidyRow } from "../../src/key/rows.ts";
import { LogFollower } from "../../src/log/chain.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/log/checkpoint.ts";
import { openEntry, readEntry } from "../../src/log/entry.ts";
import { gunzip, gzip } from "../../src/log/gzip.ts";
import { freeze, readSnapshot, snapshotLines } from "../../src/log/snapshot.ts";
import { decodeReadBundle, decodeSentBundle, encodeReadBundle, encodeSentBundle } from "../../src/protocol/bundle.ts";
import { decodeClear, encodeClear } from "../../src/protocol/clear.ts";
import { ProblemDocument, problems, problemType } from "../../src/protocol/problem.ts";
import { decodeRecord, encodeRecord, joinPage, spineOf, splitPage, type EntryRecord } from "../../src/protocol/record.ts";
import * as schemas from "../../src/protocol/schema.ts";
import { sessionText, type SessionChallenge } from "../../src/protocol/session-text.ts";
import { entryAad, verifyRecord } from "../../src/protocol/step.ts";
import { isDescriptor, readDescriptor } from "../../src/seal/blob.ts";
import { createOpener } from "../../src/seal/opener.ts";
import { frame, unframe } from "../../src/seal/padding.ts";
import { createSealer, drawBlob } from "../../src/seal/sealer.ts";
import { readShareLink, shareFragment } from "../../src/share/link.ts";
import { readManifest, writeManifest } from "../../src/share/manifest.ts";
import { sharedTree } from "../../src/share/shared-tree.ts";
import { foldValue } from "../../src/tree/fold.ts";
import { readOp, readVersion } from "../../src/tree/read-op.ts";
import { Tree } from "../../src/tree/tree.ts";
import { Device, provider } from "../device.ts";
import { idOf, ops, versionOf } from "../ops.ts";
import { law, type Law } from "./law.ts";
import { damage, damaged, damagedJson, jsonDamage, type Damage } from "./mutation.ts";
import { sealAll } from "../sealing.ts";

/** Milliseconds for one input of at most 128 KiB; a slow machine needs a hundredth of it. */
const PATIENCE = 10_000;

const prototypes = [Object, Array, Function, String, Number, Uint8Array, Map, Set, Promise, Error].map(
  ({ prototype }) => prototype as object,
);
const namesOf = (): string => prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join("\n");
const untouched = namesOf();

/** Runs a decoder: what it throws is typed, it ends in time, it changes nothing that everything inherits from. */
async function judged(decode: () => unknown): Promise<void> {
  const began = performance.now();
  try {
    await decode();
  } catch (error) {
    if (!(error instanceof KeyfoldError)) throw error;
  }
  strictEqual(namesOf(), untouched, "no prototype is changed");
  strictEqual(({} as { polluted?: unknown }).polluted, undefined);
  ok(performance.now() - began < PATIENCE, "it ends in time");
}

const addressOf = (input: RequestInfo | URL): string => (input instanceof Request ? input.url : input.toString());

/** Inputs are made when a law is first checked. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** A decoder of bytes. Where `encode` is given, what decodes is written in one way only. */
function ofBytes(name: string, runs: number, seeds: () => Promise<readonly Uint8Array[]>, decode: (bytes: Bytes) => unknown): Law {
  return law(name, runs, [fc.nat({ max: 15 }), damage, fc.option(fc.uint8Array({ maxLength: 200 }))], async (which, how, random) => {
    const inputs = await seeds();
    const bytes = random === null ? damaged(inputs[which % inputs.length]!, how, inputs) : Uint8Array.from(random);
    await judged(() => decode(bytes));
  });
}

/** A decoder of JSON text: the text is damaged as JSON, and now and then as text. */
function ofJson(name: string, runs: number, seeds: () => Promise<readonly unknown[]>, decode: (text: string) => unknown): Law {
  return law(name, runs, [fc.nat({ max: 31 }), jsonDamage, fc.option(damage, { freq: 3 })], async (which, how, torn) => {
    const inputs = await seeds();
    const text = damagedJson(JSON.stringify(inputs[which % inputs.length]), how);
    await judged(() => decode(torn === null ? text : textOf(damaged(new TextEncoder().encode(text), torn))));
  });
}

function ofText(name: string, runs: number, seeds: () => Promise<readonly string[]>, decode: (text: string) => unknown): Law {
  return law(
    name,
    runs,
    [fc.nat({ max: 15 }), damage, fc.option(fc.string({ unit: "binary", maxLength: 200 }))],
    async (which, how, random) => {
      const inputs = await seeds();
      const bytes = inputs.map((input) => new TextEncoder().encode(input));
      await judged(() => decode(random ?? textOf(damaged(bytes[which % bytes.length]!, how, bytes))));
    },
  );
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** The value, where the text is JSON; what is no JSON is not the decoder's concern. */
function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
const onJson =
  (decode: (value: unknown) => unknown) =>
  (text: string): unknown => {
    const found = parsed(text);
    return found === null ? undefined : decode(found.value);
  };

/** A log with a genesis, entries, and a change of keys. */
const written = once(async () => {
  const device = await Device.begin();
  const early = device.keys;
  await device.append([
    { op: "mkdir", node: idOf(1), parent: null, name: "d" },
    { op: "add", node: idOf(2), parent: idOf(1), name: "f", version: versionOf(1, 2) },
    { op: "replace", node: idOf(2), base: versionOf(1).blob, version: versionOf(3) },
    { op: "meta", node: idOf(2), meta: { colour: "red", nested: { deep: [1, 2, 3] } } },
    { op: "trash", node: idOf(2) },
  ]);
  await device.append([{ op: "restore", node: idOf(2) }]);
  await device.rekey();
  await device.append([{ op: "rename", node: idOf(1), name: "e" }]);
  const entry = decodeRecord(device.records[1]!) as EntryRecord;
  return { device, early, entry, spine: encodeRecord(await spineOf(provider, entry)) };
});

const recordSeeds = once(async () => {
  const { device, spine } = await written();
  return [...device.records, spine];
});

const opSeeds = once(async () => [
  { op: "add", node: idOf(1), parent: null, name: "f", version: { ...versionOf(5, 6), type: "text/plain", modified: 1 } },
  ...fc.sample(ops(40), { numRuns: 30, seed: 1 }).flat(),
]);
const entrySeeds = once(async () => {
  const list = await opSeeds();
  return Array.from({ length: 8 }, (_, i) => ({ v: 1, id: idOf(7), device: idOf(8), at: 1, ops: list.slice(i * 10, i * 10 + 10) }));
});

const sealedBlob = once(async () => {
  const content = Uint8Array.from({ length: 3000 }, (_, i) => i);
  const sealer = await createSealer(provider, { ...drawBlob(provider), size: content.length, padded: true });
  const parts = await sealAll(sealer, content);
  return {
    content,
    part: parts[0]!.bytes,
    hashes: concat(...parts.map(({ hash }) => hash)),
    descriptor: await sealer.describe(parts.map(({ hash }) => hash)),
  };
});

const keyFileSeeds = once(async () => {
  const root = Uint8Array.from({ length: 64 }, (_, i) => i * 3);
  const rows = printKey(root);
  return [writeKeyFile({ root, keyId: "ab".repeat(16) }), rows.join("\n"), rows.join("-")];
});

const answers: Readonly<Record<string, readonly [v.GenericSchema, unknown]>> = {
  discovery: [
    schemas.Discovery,
    {
      protocol: 1,
      server: "https://x.example/keyfold",
      time: 1,
      limits: { partSize: 1, entrySize: 1, pageSize: 1, bundleSize: 1, bundleParts: 1, blobsPerRequest: 1, quota: 1, maxFileSize: 1 },
    },
  ],
  key: [schemas.KeyPlace, { folder: idOf(1), epoch: 0, current: 1 }],
  created: [schemas.CreatedFolder, { folder: idOf(1), keyId: idOf(2), epoch: 0, seq: 0, head: "A".repeat(43) }],
  folder: [schemas.FolderState, { folder: idOf(1), epoch: 0, keyId: idOf(2), open: true, readKey: "A".repeat(43) }],
  usage: [schemas.Usage, { used: 1, quota: 2 }],
  challenge: [
    schemas.Challenge,
    { server: "https://x.example/keyfold", folder: idOf(1), epoch: 0, scope: "owner", nonce: "A".repeat(43), expires: 1 },
  ],
  session: [schemas.Session, { token: "a.b.c", expires: 1 }],
  appended: [schemas.Appended, { seq: 1, head: "A".repeat(43) }],
  rekeyed: [schemas.Rekeyed, { epoch: 1, seq: 1, head: "A".repeat(43) }],
  blobs: [schemas.CreatedBlobs, { blobs: [{ blob: idOf(1), state: "open", put: { url: "https://s3.example", headers: { a: "b" } } }] }],
  standing: [schemas.BlobStanding, { blob: idOf(1), state: "live", sealedSize: 1080, stored: [[0, 1]] }],
  bundle: [schemas.SentBundle, { parts: [{ blob: idOf(1), index: 0, status: 204 }] }],
};

const problemSeeds = Object.entries(problems).map(([code, [status, title]]) => ({
  type: problemType(code as keyof typeof problems),
  title,
  status,
  code,
  retryAfter: 0.25,
  blobs: [idOf(1)],
  epoch: 1,
}));

const SERVER = "https://files.example.com/keyfold";
const signedText = new RegExp(
  `^keyfold/1 session\\nserver:${SERVER}\\nfolder:${idOf(1)}\\nepoch:0\\nscope:owner\\nnonce:[A-Za-z0-9_-]{43}\\nexpires:[0-9]+$`,
);

export const decoderLaws: readonly Law[] = [
  // the log
  ofBytes("records takes only what it would write", 400, recordSeeds, (bytes) => {
    deepStrictEqual(encodeRecord(decodeRecord(bytes)), bytes);
  }),
  ofBytes(
    "pages",
    200,
    async () => [joinPage(await recordSeeds())],
    (bytes) => {
      const records = [...splitPage(bytes)];
      deepStrictEqual(joinPage(records), bytes);
      for (const record of records) decodeRecord(record);
    },
  ),
  ofBytes(
    "clear parts takes only what it would write",
    300,
    async () => [
      encodeClear({ added: [idOf(1), idOf(9)], dropped: [idOf(2)], consumed: [] }),
      encodeClear({ added: [], dropped: [], consumed: [] }),
    ],
    (bytes) => {
      deepStrictEqual(encodeClear(decodeClear(bytes)), bytes);
    },
  ),
  ofBytes(
    "frames takes only what it would write",
    300,
    async () => [frame(new Uint8Array(7).fill(1)), frame(new Uint8Array(5000).fill(2))],
    (bytes) => {
      deepStrictEqual(frame(unframe(bytes)), bytes);
    },
  ),
  ofBytes(
    "gzip",
    300,
    once(async () => [
      gzip(toUtf8("hello ".repeat(200))),
      gzip(toUtf8("hello ".repeat(300))),
      gzip(new Uint8Array(5_000_000)),
      gzip(new Uint8Array(0)),
      gzip(provider.randomBytes(300)),
    ]),
    (bytes) => {
      ok(gunzip(bytes, 1500).length <= 1500);
    },
  ),
  law("signed records verifies nothing that was changed", 150, [fc.nat({ max: 15 }), damage], async (which, how) => {
    const { device } = await written();
    const at = 1 + (which % (device.records.length - 1));
    const bytes = damaged(device.records[at]!, how, device.records);
    if (Buffer.compare(bytes, device.records[at]!) === 0) return;
    await judged(async () => {
      await verifyRecord(provider, device.positions[at - 1]!, decodeRecord(bytes));
      fail("a changed record verified");
    });
  }),
  law("a whole log", 40, [damage], async (how) => {
    const { device, early } = await written();
    const page = joinPage(device.records);
    const follower = new LogFollower(device.following(early, device.keys));
    await judged(async () => {
      await follower.page(damaged(page, how));
      follower.finish();
    });
    const reached = follower.position?.seq ?? -1;
    if (reached >= 0) deepStrictEqual(follower.position, device.positions[reached]);
  }),
  law(
    "what an entry holds never throws: it is read, or empty with a reason",
    150,
    [fc.nat({ max: 7 }), jsonDamage, fc.constantFrom("json", "zip", "frame", "sealed"), damage],
    async (which, how, layer, bytes) => {
      const { early, device, entry } = await written();
      const after = device.positions[0]!;
      const hit = (at: typeof layer, input: Bytes): Bytes => (at === layer ? damaged(input, bytes) : input);
      const text = damagedJson(JSON.stringify((await entrySeeds())[which]), how);
      const zipped = hit("zip", gzip(hit("json", new TextEncoder().encode(text))));
      const framed = hit("frame", frame(zipped));
      const nonce = provider.randomBytes(12);
      const aad = entryAad(after, await provider.sha256(entry.clear));
      const sealed = hit("sealed", concat(nonce, await provider.aesSeal(early.log, nonce, framed, aad)));
      let opened: Awaited<ReturnType<typeof openEntry>> | undefined;
      await judged(async () => {
        opened = await openEntry(provider, early.log, after, { ...entry, sealed });
      });
      ok(opened !== undefined, "it does not throw");
      if (opened.state !== "read") return;
      const tree = new Tree();
      for (const op of opened.entry.ops) foldValue(tree, op);
      ok(new Tree().fill(tree.nodes(), []));
    },
  ),
  ofJson(
    "entries",
    300,
    entrySeeds,
    onJson((value) => ok(["read", "empty", "newer"].includes(readEntry(value).state))),
  ),
  ofJson(
    "ops keeps nothing but the fields that it knows",
    600,
    opSeeds,
    onJson((value) => {
      const op = readOp(value);
      if (op === undefined) return;
      // RFC 8259 lets more stand than the log does.
      JSON.stringify(value, (key, member: unknown) => {
        ok(key.isWellFormed() && (typeof member !== "string" || member.isWellFormed()));
        ok(typeof member !== "number" || Number.isSafeInteger(member));
        return member;
      });
      strictEqual(JSON.stringify(readOp(JSON.parse(JSON.stringify(op)))), JSON.stringify(op));
      const tree = new Tree();
      foldValue(tree, value);
      ok(new Tree().fill(tree.nodes(), []));
      // What stands has a written form: no text that is none.
      for (const line of snapshotLines(freeze(tree))) toUtf8(line);
    }),
  ),
  ofJson(
    "descriptors and versions",
    300,
    async () => [versionOf(1, 2), { ...versionOf(3), type: "text/plain", modified: 1 }],
    onJson((value) => {
      const version = readVersion(value);
      if (version !== undefined) strictEqual(JSON.stringify(readVersion(version)), JSON.stringify(version));
      if (isDescriptor(value)) createOpener(provider, readDescriptor(value));
      else readDescriptor(value);
    }),
  ),
  law("snapshots, whose hash fits", 80, [fc.nat(), jsonDamage, fc.option(damage)], async (at, how, torn) => {
    const { device } = await written();
    const lines = [...snapshotLines(freeze(device.tree))];
    const text = lines.with(at % lines.length, damagedJson(lines[at % lines.length]!, how));
    const joinedLines = new TextEncoder().encode(text.map((line) => `${line}\n`).join(""));
    const plain = torn === null ? joinedLines : damaged(joinedLines, torn);
    const hashes = textOf(plain).split("\n").slice(0, -1);
    const state = await provider.sha256(
      concat(...(await Promise.all(hashes.map((line) => provider.sha256(new TextEncoder().encode(line)))))),
    );
    await judged(async () => {
      const tree = await readSnapshot(provider, new Blob([gzip(plain)]).stream(), state);
      ok(new Tree().fill(tree.nodes(), []));
    });
  }),
  ofBytes(
    "snapshots as they are stored",
    80,
    async () => {
      const { device } = await written();
      return [gzip(toUtf8([...snapshotLines(freeze(device.tree))].map((line) => `${line}\n`).join("")))];
    },
    async (bytes) => readSnapshot(provider, new Blob([bytes]).stream(), new Uint8Array(32)),
  ),
  ofBytes(
    "checkpoints takes only what it would write",
    200,
    async () => [encodeCheckpoint({ epoch: 1, seq: 12, head: new Uint8Array(32).fill(7) })],
    (bytes) => {
      deepStrictEqual(encodeCheckpoint(decodeCheckpoint(bytes)), bytes);
    },
  ),

  // blobs
  ofBytes(
    "bundles that are sent",
    300,
    async () => [
      encodeSentBundle([
        { blob: idOf(1), index: 0, hash: new Uint8Array(32), bytes: new Uint8Array(50) },
        { blob: idOf(2), index: 3, hash: new Uint8Array(32), bytes: new Uint8Array(0) },
      ]),
    ],
    (bytes) => {
      deepStrictEqual(encodeSentBundle(decodeSentBundle(bytes)), bytes);
    },
  ),
  ofBytes(
    "bundles that are read",
    300,
    async () => [
      encodeReadBundle([
        { blob: idOf(1), index: 0, bytes: new Uint8Array(50) },
        { blob: idOf(2), index: 3, bytes: null },
      ]),
    ],
    (bytes) => {
      deepStrictEqual(encodeReadBundle(decodeReadBundle(bytes)), bytes);
    },
  ),
  law("blobs gives out the content or nothing", 100, [damage, damage], async (ofPart, ofHashes) => {
    const { part, hashes, descriptor, content } = await sealedBlob();
    await judged(async () => {
      const opener = createOpener(provider, descriptor);
      await opener.acceptPartHashes(damaged(hashes, ofHashes));
      deepStrictEqual(await opener.openPart(0, damaged(part, ofPart)), content);
    });
  }),
  law("blobs whose digest was made to fit, by somebody with another key", 60, [damage], async (how: readonly Damage[]) => {
    const { part, descriptor, content } = await sealedBlob();
    const wrong = damaged(part, how);
    const hash = await provider.sha256(wrong);
    const digest = toBase64url(await provider.sha256(hash));
    await judged(async () => {
      const opener = createOpener(provider, { ...descriptor, digest });
      await opener.acceptPartHashes(hash);
      deepStrictEqual(await opener.openPart(0, wrong), content);
    });
  }),

  // keys and links
  ofText("key files", 200, keyFileSeeds, (text) => {
    const found = parseKeyFile(text);
    readKey(found.rows);
    if (found.keyId !== undefined) keyFileName(found.keyId);
  }),
  ofText("rows of a key", 200, keyFileSeeds, (text) => {
    for (const row of text.split("\n").slice(0, 20)) {
      readRow(row, 1);
      readTypedRow(row, 8);
      tidyRow(row);
    }
    readKey(text);
  }),
  ofBytes(
    "kept inbox keys",
    80,
    once(async () => [await sealKeep(provider, (await written()).early.keep, { folderId: idOf(1), epoch: 0 }, new Uint8Array(64).fill(3))]),
    async (bytes) => openKeep(provider, (await written()).early.keep, { folderId: idOf(1), epoch: 0 }, bytes),
  ),
  ofText(
    "links",
    300,
    async () => [`https://example.com/app/f/${idOf(7)}#n=${idOf(1)}`, `/f/${idOf(7)}/`, `http://[::1]:8787/f/${idOf(7)}?x=1`],
    (text) => {
      ok(/^[0-9a-f]{32}$/.test(folderOfLink(text)));
    },
  ),
  ofText(
    "fragments of shares takes only what it would write",
    200,
    async () => [shareFragment({ secret: new Uint8Array(32).fill(5), signerMark: new Uint8Array(16).fill(6) })],
    (text) => {
      strictEqual(shareFragment(readShareLink(text)), text.slice(text.indexOf("#") + 1).trim());
    },
  ),
  ofText(
    "fragments of read-only links takes only what it would write",
    200,
    async () => [`https://example.com/f/${idOf(7)}#${readFragment({ read: new Uint8Array(32).fill(5), keyId: idOf(8) })}`],
    (text) => {
      const found = readKeyOfLink(text);
      if (found !== null) strictEqual(readFragment(found), text.slice(text.indexOf("#") + 1));
    },
  ),
  ofJson(
    "manifests of shares, and the tree that they show",
    300,
    async () => {
      const checkpoint = toBase64url(encodeCheckpoint({ epoch: 1, seq: 12, head: new Uint8Array(32).fill(7) }));
      const nodes = [
        { name: "d", node: idOf(1) },
        { name: "e", parent: 0 },
        { name: "f", node: idOf(2), parent: 1, version: versionOf(1, 2) },
      ];
      return [
        { v: 1, at: 1, checkpoint, nodes },
        { v: 1, at: 1, nodes: [] },
      ];
    },
    (text) => {
      const manifest = readManifest(text);
      strictEqual(writeManifest(readManifest(writeManifest(manifest))), writeManifest(manifest));
      sharedTree(manifest.nodes);
    },
  ),
  ofText(
    "hexadecimal takes only what it would write",
    200,
    async () => [idOf(7), "", "ff00"],
    (text) => strictEqual(toHex(fromHex(text)), text),
  ),
  ofText(
    "base64url takes only what it would write",
    300,
    async () => ["", "AA", "AAA", "AAAA", "A".repeat(43)],
    (text) => strictEqual(toBase64url(fromBase64url(text)), text),
  ),
  ofBytes(
    "UTF-8 takes only what it would write",
    200,
    async () => [toUtf8("héllo \u{1F511} \ufeff")],
    (bytes) => deepStrictEqual(toUtf8(fromUtf8(bytes)), bytes),
  ),

  // the server's answers
  ...Object.entries(answers).map(([name, [schema, seed]]) =>
    ofJson(
      `answers: ${name}`,
      60,
      async () => [seed],
      (text) => {
        const value = validJson(schema, new TextEncoder().encode(text));
        const again = JSON.stringify(value); // JSON has one zero
        strictEqual(JSON.stringify(validJson(schema, toUtf8(again))), again);
      },
    ),
  ),
  ofText(
    "numbers in headers",
    200,
    async () => ["0", "12", "9007199254740991", "1e3", "-1"],
    (text) => {
      const headers = new Headers();
      try {
        headers.set("keyfold-seq", text);
      } catch {
        return; // no header that could arrive
      }
      ok(Number.isSafeInteger(integerHeader(headers, "keyfold-seq")));
    },
  ),
  ofText(
    "Retry-After",
    200,
    async () => ["3", "Wed, 21 Oct 2026 07:28:00 GMT", "0"],
    (text) => {
      const seconds = retryAfterSeconds(text);
      ok(seconds === undefined || seconds >= 0);
    },
  ),
  law(
    "problem documents is a refusal with a code of ours, whatever they hold",
    200,
    [
      fc.nat({ max: 40 }),
      jsonDamage,
      fc.option(damage, { freq: 3 }),
      fc.integer({ min: 400, max: 599 }),
      fc.constantFrom("application/problem+json", "application/json", "text/html", ""),
    ],
    async (which, how, torn, status, type) => {
      const text = damagedJson(JSON.stringify(problemSeeds[which % problemSeeds.length]), how);
      const body = torn === null ? new TextEncoder().encode(text) : damaged(new TextEncoder().encode(text), torn);
      let refusal: unknown;
      await judged(async () => {
        refusal = await refusalOf(new Response(body, { status, headers: { "content-type": type } }));
      });
      ok(refusal instanceof Refusal);
      ok(refusal.retryAfter === undefined || refusal.retryAfter >= 0);
      ok(Object.hasOwn(problems, refusal.serverCode));
      v.safeParse(ProblemDocument, refusal.details);
    },
  ),
  ofJson(
    "what is signed for a session",
    200,
    async () => [answers["challenge"]![1]],
    onJson((value) => {
      if (typeof value !== "object" || value === null) return;
      const text = fromUtf8(sessionText(value as SessionChallenge));
      strictEqual(text.split("\n").length, 7);
    }),
  ),
  law(
    "a challenge never makes a device sign anything but its own sign-in",
    150,
    [jsonDamage, fc.option(damage, { freq: 3 }), jsonDamage],
    async (how, torn, ofSession) => {
      const challenge = damagedJson(JSON.stringify({ ...(answers["challenge"]![1] as object), server: SERVER }), how);
      const body = torn === null ? challenge : textOf(damaged(new TextEncoder().encode(challenge), torn));
      const http = new Http({
        server: SERVER,
        fetch: (input) => {
          const text = addressOf(input).endsWith("/challenge") ? body : damagedJson(JSON.stringify(answers["session"]![1]), ofSession);
          return Promise.resolve(new Response(text));
        },
      });
      const session = new Session(http, idOf(1));
      session.use({
        scope: "owner",
        epoch: 0,
        sign: (message) => {
          ok(signedText.test(textOf(message)), textOf(message));
          return Promise.resolve(new Uint8Array(64));
        },
      });
      await judged(() => session.token());
    },
  ),
  law(
    "a page of the log with its headers",
    80,
    [damage, fc.array(fc.constantFrom("0", "1", "-1", "9007199254740992", "x", ""), { minLength: 3, maxLength: 3 })],
    async (how, [count, epoch, seq]) => {
      const bytes = damaged(joinPage(await recordSeeds()), how);
      const http = new Http({
        server: SERVER,
        fetch: (input) => {
          const path = addressOf(input);
          if (path.endsWith("/challenge"))
            return Promise.resolve(Response.json({ ...(answers["challenge"]![1] as object), server: SERVER }));
          if (path.endsWith("/session")) return Promise.resolve(Response.json(answers["session"]![1]));
          return Promise.resolve(
            new Response(bytes, { headers: { "keyfold-count": count!, "keyfold-epoch": epoch!, "keyfold-seq": seq! } }),
          );
        },
      });
      const api = new FolderApi(http, idOf(1));
      api.session.use({ scope: "owner", epoch: 0, sign: () => Promise.resolve(new Uint8Array(64)) });
      await judged(async () => {
        const page = await api.log(0);
        ok([page.count, page.epoch, page.seq].every((number) => Number.isSafeInteger(number) && number >= 0));
      });
    },
  ),
];
