/** Laws of recovery: whatever a server's data have become, what comes out was signed and sealed, and the rest is told. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { concat } from "../../../src/crypto/encoding.ts";
import { openDataFolder } from "../../../src/recover-command/data-folder.ts";
import { contentPieces, goodStretches, streamOf } from "../../../src/recover/content.ts";
import { copySource, type DataCopy, type Row } from "../../../src/recover/copy-source.ts";
import { readHistory } from "../../../src/recover/history.ts";
import { recoveryItems } from "../../../src/recover/items.ts";
import { serverSource } from "../../../src/recover/server-source.ts";
import type { FolderSource, RecoverySource } from "../../../src/recover/source.ts";
import { joinPage } from "../../../src/protocol/record.ts";
import { provider } from "../../device.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { damagedValue, valueDamage } from "../value-mutation.ts";
import { stored } from "./copy.ts";
import { judged } from "./judged.ts";
import { examples, SERVER } from "./schema.ts";

/**
 * Recovers all there is of the folder: its history is a beginning of what was written, its paths are harmless, its contents are what was sealed.
 * Whether nothing was missing.
 */
async function recover(source: RecoverySource, byKeyId: boolean): Promise<boolean> {
  const { device, content, wanted } = await stored();
  await judged(() => source.publishedKey(device.position.folderId));
  const found = await judged(() => source.find(wanted(byKeyId)));
  if ("error" in found) return false;
  const folder: FolderSource = found.value;
  const judgement = await judged(() =>
    readHistory({
      provider,
      keys: device.keys,
      source: folder,
      content: (descriptor) => streamOf(contentPieces(provider, folder, descriptor)),
    }),
  );
  if ("error" in judgement) return false;
  const { position, faults, tree, strays } = judgement.value;
  if (position !== null) deepStrictEqual(position, device.positions[position.seq]);
  if ((position?.seq ?? -1) < folder.seq) ok(faults.length > 0, "what is missing is told");
  let isWhole = faults.length === 0;
  for (const item of recoveryItems(tree, strays, { trash: true, versions: true })) {
    ok(item.path.length > 0 && item.path.every((name) => name !== "" && name !== "." && name !== ".." && !/[/\\]/.test(name)));
    const { version } = item;
    if (version === null) continue;
    const read = await judged(async () => {
      const pieces: Uint8Array[] = [];
      for await (const piece of contentPieces(provider, folder, version)) pieces.push(piece);
      deepStrictEqual(concat(...pieces), content);
    });
    if ("error" in read) isWhole = false;
    await judged(async () => {
      for await (const stretch of goodStretches(provider, folder, version)) {
        if ("bytes" in stretch) deepStrictEqual(stretch.bytes, content.slice(stretch.start, stretch.start + stretch.bytes.length));
      }
    });
  }
  return isWhole;
}

/** The copy as it was made, in memory. */
async function whole(): Promise<DataCopy & { readonly database: DatabaseSync }> {
  const { bytes, parts } = await stored();
  const database = new DatabaseSync(":memory:");
  database.deserialize(bytes);
  return {
    database,
    query: (sql, values) => database.prepare(sql).all(...values) as Row[],
    file: (path) => Promise.resolve(parts.get(path) ?? null),
    close: () => database.close(),
  };
}

export const recoveryLaws: readonly Law[] = [
  law(
    "a copy's rows, whatever they hold",
    120,
    [fc.array(fc.tuple(fc.nat({ max: 12 }), fc.oneof(fc.constant("throws" as const), valueDamage)), { maxLength: 3 }), fc.boolean()],
    async (hits, byKeyId) => {
      const copy = await whole();
      let asked = 0;
      const query: DataCopy["query"] = (sql, values) => {
        let rows = copy.query(sql, values);
        for (const [at, how] of hits) {
          if (at !== asked) continue;
          if (how === "throws") throw new Error("database disk image is malformed");
          const now = damagedValue(rows, how);
          rows = Array.isArray(now) ? now.filter((row): row is Row => typeof row === "object" && row !== null) : [];
        }
        asked++;
        return rows;
      };
      const source = await judged(() => copySource({ ...copy, query }));
      const isWhole = "value" in source && (await recover(source.value, byKeyId));
      if (hits.length === 0) ok(isWhole);
      copy.close();
    },
  ),
  law(
    "a data folder, whatever its files hold",
    60,
    [damage, fc.option(damage, { freq: 2 }), fc.option(fc.uint8Array({ maxLength: 300 }), { freq: 3 }), fc.boolean()],
    async (how, ofPart, log, byKeyId) => {
      const { bytes, parts } = await stored();
      const folder = mkdtempSync(join(tmpdir(), "keyfold-laws-"));
      try {
        writeFileSync(join(folder, "keyfold.db"), damaged(bytes, how));
        if (log !== null) writeFileSync(join(folder, "keyfold.db-wal"), log);
        const opened = await judged(() => openDataFolder(folder));
        if ("error" in opened) return;
        const copy: DataCopy = {
          ...opened.value,
          file: (path) => Promise.resolve(parts.has(path) ? damaged(parts.get(path)!, ofPart ?? []) : null),
        };
        const source = await judged(() => copySource(copy));
        const isWhole = "value" in source && (await recover(source.value, byKeyId));
        if (how.length === 0 && log === null && ofPart === null) ok(isWhole);
        copy.close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  ),
  law(
    "a server that runs, whatever it answers",
    80,
    [
      jsonDamage,
      damage,
      damage,
      fc.constantFrom("0", "1", "2", "3", "9007199254740991", "x"),
      fc.constantFrom("2", "3", "0", "9007199254740991"),
    ],
    async (json, ofLog, ofBlob, count, seq) => {
      const { device, parts } = await stored();
      const { folderId } = device.position;
      const page = damaged(joinPage(device.records), ofLog);
      const answer = (path: string): Response => {
        if (path.includes("/log"))
          return new Response(page.slice(), { headers: { "keyfold-count": count, "keyfold-epoch": "0", "keyfold-seq": seq } });
        if (path.includes("/parts/")) return new Response(damaged([...parts.values()][0]!, ofBlob));
        if (path.endsWith("/challenge")) return Response.json({ ...examples.Challenge, folder: folderId });
        if (path.endsWith("/session")) return Response.json(examples.Session);
        if (path.includes("/keys/")) return new Response(damagedJson(JSON.stringify({ folder: folderId, epoch: 0, current: 0 }), json));
        return new Response(damagedJson(JSON.stringify({ ...examples.FolderState, folder: folderId }), json));
      };
      const source = serverSource(SERVER, {
        backoff: { base: 0, cap: 0 },
        fetch: (input) => Promise.resolve(answer((input as string).slice(SERVER.length))),
      });
      await recover(source, true);
    },
  ),
];
