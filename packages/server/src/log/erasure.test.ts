import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { base, mount, temporaryFolder } from "../../test/mount.ts";
import { bytesOf, newOwner, type Owner } from "../../test/owner.ts";

const window = 16;

/** All files of the data folder's database in one buffer: pages, free pages, write-ahead log. */
async function databaseBytes(directory: string): Promise<Buffer> {
  const names = (await readdir(directory)).filter((name) => name.startsWith("keyfold.db"));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

/** Windows of 16 bytes of the secrets that stand anywhere in the haystack. Windows at each 16th byte: a run of 31 left bytes is always found. */
function found(haystack: Buffer, secrets: readonly Uint8Array[]): number {
  const wanted = new Set<string>();
  for (const secret of secrets) {
    for (let start = 0; start + window <= secret.length; start += window)
      wanted.add(Buffer.from(secret.subarray(start, start + window)).toString("latin1"));
  }
  const text = haystack.toString("latin1");
  const seen = new Set<string>();
  for (let start = 0; start + window <= text.length; start++) {
    const piece = text.slice(start, start + window);
    if (wanted.has(piece)) seen.add(piece);
  }
  return seen.size;
}

test("after a rekey nothing of the old entries or of the published read key is in any of the database's files", async () => {
  const { send, directory } = await mount();
  const owner = await newOwner(send, base);
  const sealed = [1052, 1052, 4000, 9000, 40_000, 262_144, 1052].map((length) => bytesOf(length));
  for (const body of sealed) expect((await owner.append({ sealed: body })).status).toBe(200);
  const before = await databaseBytes(directory);
  expect(found(before, [owner.readKey])).toBe(2);
  expect(found(before, sealed)).toBeGreaterThan(19_000);

  const kept = bytesOf(1052);
  expect((await owner.rekey({ sealed: kept })).status).toBe(200);
  const after = await databaseBytes(directory);
  expect(found(after, [owner.readKey, ...sealed])).toBe(0);
  expect(found(after, [kept])).toBeGreaterThan(60);
});

test("neighbours in the file do not keep copies: many folders, entries of all lengths, rekeys and collection in any order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(11), fc.constantFrom("append", "append", "append", "append", "rekey", "maintain"), fc.nat(9000)), {
        minLength: 150,
        maxLength: 250,
      }),
      async (steps) => {
        const { send, directory, app, wait } = await mount({}, await temporaryFolder());
        const owners: Owner[] = [];
        const secrets = new Map<Owner, Uint8Array[]>();
        const erased: Uint8Array[] = [];
        const unwritten: Owner[] = [];
        for (let i = 0; i < 12; i++) {
          const owner = await newOwner(send, base);
          owners.push(owner);
          secrets.set(owner, [owner.readKey]);
          unwritten.push(await newOwner(send, base));
        }
        for (const [who, what, length] of steps) {
          const owner = owners[who]!;
          if (what === "maintain") await app.maintain();
          const sealed = bytesOf(1052 + length);
          if (what === "append") {
            expect((await owner.append({ sealed })).status).toBe(200);
            secrets.get(owner)!.push(sealed);
          }
          if (what === "rekey") {
            expect((await owner.rekey({ sealed })).status).toBe(200);
            await owner.signIn();
            erased.push(...secrets.get(owner)!);
            secrets.set(owner, [sealed]);
          }
        }
        wait(25 * 3600 * 1000);
        const report = await app.maintain();
        expect(report.erased).toBe(true);
        expect(report.folders).toBeGreaterThanOrEqual(12);
        erased.push(...unwritten.map(({ readKey }) => readKey));
        expect(found(await databaseBytes(directory), erased)).toBe(0);
      },
    ),
    { numRuns: 6 },
  );
}, 120_000);

test("while another process reads the database the rekey is answered, and maintain() erases afterwards", async () => {
  const { send, directory, app } = await mount();
  const owner = await newOwner(send, base);
  const sealed = bytesOf(3000);
  await owner.append({ sealed });

  const reader = new SqliteFile(join(directory, "keyfold.db"), { readonly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from folder").get();
  expect((await owner.rekey()).status).toBe(200);
  expect(found(await databaseBytes(directory), [sealed])).toBeGreaterThan(0);
  expect((await app.maintain()).erased).toBe(false);

  reader.exec("commit");
  reader.close();
  expect((await app.maintain()).erased).toBe(true);
  expect(found(await databaseBytes(directory), [sealed, owner.readKey])).toBe(0);
});
