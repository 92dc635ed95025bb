/** Laws of what stands in entries and snapshots: ops, versions, the state. */
import { ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { concat, toUtf8 } from "../../../src/crypto/encoding.ts";
import type { Bytes } from "../../../src/crypto/provider.ts";
import { openEntry, readEntry } from "../../../src/log/entry.ts";
import { gzip } from "../../../src/log/gzip.ts";
import { freeze, readSnapshot, snapshotLines } from "../../../src/log/snapshot.ts";
import { entryAad } from "../../../src/protocol/step.ts";
import { isDescriptor, readDescriptor } from "../../../src/seal/blob.ts";
import { createOpener } from "../../../src/seal/opener.ts";
import { frame } from "../../../src/seal/padding.ts";
import { foldValue } from "../../../src/tree/fold.ts";
import { readOp, readVersion } from "../../../src/tree/read-op.ts";
import { Tree } from "../../../src/tree/tree.ts";
import { provider } from "../../device.ts";
import { versionOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { judged, ofBytes, ofJson, onJson, textOf } from "./judged.ts";
import { entrySeeds, opSeeds, written } from "./written.ts";

export const entryLaws: readonly Law[] = [
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
];
