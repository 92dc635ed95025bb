/** What every blob store has to do, as cases. One suite, run over each. */
import { randomBytes } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { partSize, type Bytes } from "@keyfold/core/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { partKey, putAll, type BlobStore } from "../src/blobs/store.ts";
import { bytesOf, newId } from "./owner.ts";

export interface StoreUnderTest {
  readonly store: BlobStore;
  /** Another store over the same place, as another process has it. Undefined where the place is the store itself. */
  readonly again?: () => BlobStore | Promise<BlobStore>;
  /** Writes into the place, past the store. */
  readonly spoil?: (key: string, bytes: Bytes) => Promise<void>;
  /** Takes the place away. */
  readonly end?: () => Promise<void>;
}

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = newId();
const newKey = (index = 0): string => partKey(folder, newId(), index);

/** Bytes whose every quarter says which write they are of. */
function marked(length: number, mark: number): Bytes {
  return new Uint8Array(length).fill(mark);
}

function isWhole(bytes: Bytes | null, length: number): boolean {
  return bytes !== null && bytes.length === length && bytes.every((byte) => byte === bytes[0]);
}

const mangled = [
  "",
  "a",
  "a:",
  ":a",
  "a::b",
  "a:b?c",
  "a:b$",
  "a:b/c",
  "a:..",
  "a:b c",
  "a:é",
  "a:b\\c",
  "a:b%3Fc",
  "a:b\0",
  "a:b.c",
  "a:b\n",
];

export function conformance(name: string, make: () => StoreUnderTest | Promise<StoreUnderTest>): void {
  describe(name, () => {
    let place: StoreUnderTest;
    let store: BlobStore;

    beforeAll(async () => {
      place = await make();
      store = place.store;
    });
    afterAll(async () => {
      await store.close?.();
      await place.end?.();
    });

    const keeps = async (bytes: Bytes): Promise<void> => {
      const key = newKey();
      await store.put(key, bytes);
      expect(Buffer.compare((await store.get(key)) ?? Buffer.from("nothing"), bytes)).toBe(0);
      await store.remove([key]);
    };

    describe("keeps", () => {
      test("nothing under a key that was never written: null", async () => expect(await store.get(newKey())).toBeNull());
      test("no bytes, which are not nothing", () => keeps(bytesOf(0)));
      test("one byte", () => keeps(bytesOf(1)));
      test("one byte of zero", () => keeps(new Uint8Array(1)));
      test("a whole part of 4 MiB", () => keeps(bytesOf(partSize)));
      test("a part of an odd length", () => keeps(bytesOf(partSize - 4097)));
      test("every byte value, which is no UTF-8", () => keeps(new Uint8Array(256).map((_, i) => i)));
      test("what looks like base64 of a driver", () => keeps(new Uint8Array(Buffer.from("base64:AAAA"))));
      test.each(["null", "true", "12", '{"a":1}', '"x"', "undefined"])("what looks like JSON: %s", (text) =>
        keeps(new Uint8Array(Buffer.from(text))),
      );
      test("a view in the middle of larger memory, and nothing around it", () => keeps(bytesOf(5000).subarray(1234, 2345)));
      test("a pooled Buffer", async () => {
        const key = newKey();
        const bytes = Buffer.from("from the pool") as Bytes;
        await store.put(key, bytes);
        expect(Buffer.from((await store.get(key))!).toString()).toBe("from the pool");
      });
      test("the longest key that a part can have", async () => {
        const key = newKey(262_143);
        await store.put(key, bytesOf(9));
        expect(await store.get(key)).toHaveLength(9);
      });
    });

    describe("gives bytes that are bytes", () => {
      test("a Uint8Array, whatever the place has", async () => {
        const key = newKey();
        await store.put(key, bytesOf(10));
        const bytes = await store.get(key);
        expect(bytes).toBeInstanceOf(Uint8Array);
        expect(bytes!.buffer).toBeInstanceOf(ArrayBuffer);
      });
      test("of the caller's own: to change them changes nothing in the store", async () => {
        const key = newKey();
        const bytes = bytesOf(100);
        await store.put(key, bytes);
        (await store.get(key))!.fill(0);
        expect(Buffer.compare((await store.get(key))!, bytes)).toBe(0);
      });
      test("which are the caller's again once a put has resolved", async () => {
        const key = newKey();
        const bytes = bytesOf(1000);
        const before = bytes.slice();
        await store.put(key, bytes);
        bytes.fill(0);
        expect(Buffer.compare((await store.get(key))!, before)).toBe(0);
      });
      test("into the caller's memory, or its own", async () => {
        const key = newKey();
        const bytes = bytesOf(1000);
        await store.put(key, bytes);
        for (const room of [0, 999, 1000, 5000]) expect(Buffer.compare((await store.get(key, new Uint8Array(room)))!, bytes)).toBe(0);
      });
    });

    describe("replaces", () => {
      test.each([
        ["longer", 10, 5000],
        ["shorter", 5000, 10],
        ["empty", 5000, 0],
        ["as long", 700, 700],
      ])("by %s bytes, of which nothing of the old ones is left", async (_, first, second) => {
        const key = newKey();
        await store.put(key, bytesOf(first));
        const bytes = bytesOf(second);
        await store.put(key, bytes);
        expect(Buffer.compare((await store.get(key))!, bytes)).toBe(0);
      });
      test("with the same bytes again", async () => {
        const key = newKey();
        const bytes = bytesOf(50);
        await store.put(key, bytes);
        await store.put(key, bytes);
        expect(await store.get(key)).toEqual(bytes);
      });
    });

    describe("removes", () => {
      test("one", async () => {
        const key = newKey();
        await store.put(key, bytesOf(10));
        await store.remove([key]);
        expect(await store.get(key)).toBeNull();
      });
      test("what is not there, without an error", async () => expect(await store.remove([newKey()])).toBeUndefined());
      test("nothing", async () => expect(await store.remove([])).toBeUndefined());
      test("one twice, and one that is named twice", async () => {
        const key = newKey();
        await store.put(key, bytesOf(10));
        await store.remove([key, key]);
        await store.remove([key]);
        expect(await store.get(key)).toBeNull();
      });
      test("many, some of which are not there", async () => {
        const blob = newId();
        const keys = Array.from({ length: 300 }, (_, i) => partKey(folder, blob, i));
        await Promise.all(keys.filter((_, i) => i % 3 === 0).map((key) => store.put(key, bytesOf(20))));
        await store.remove(keys);
        expect(new Set(await Promise.all(keys.map((key) => store.get(key))))).toEqual(new Set([null]));
      });
      test("no neighbour: of index 1 neither 10 nor 11, of a blob none of another", async () => {
        const [blob, other] = [newId(), newId()];
        const stay = [partKey(folder, blob, 10), partKey(folder, blob, 11), partKey(folder, blob, 0), partKey(folder, other, 1)];
        await Promise.all(stay.map((key) => store.put(key, bytesOf(20))));
        await store.put(partKey(folder, blob, 1), bytesOf(20));
        await store.remove([partKey(folder, blob, 1)]);
        expect((await Promise.all(stay.map((key) => store.get(key)))).map((bytes) => bytes?.length)).toEqual([20, 20, 20, 20]);
      });
      test("what is then put anew", async () => {
        const key = newKey();
        await store.put(key, bytesOf(10));
        await store.remove([key]);
        await store.put(key, bytesOf(30));
        expect(await store.get(key)).toHaveLength(30);
      });
    });

    describe("at once", () => {
      test("writes and reads of one key: a reader sees one write or another, never a part of one", async () => {
        const key = newKey();
        const length = 600_000;
        await store.put(key, marked(length, 0));
        const written = new AbortController();
        const readers = [1, 2, 3].map(async () => {
          let seen = 0;
          do {
            if (!isWhole(await store.get(key), length)) throw new Error("torn");
            seen++;
            await turn(); // a cache answers without one
          } while (!written.signal.aborted);
          return seen;
        });
        for (let mark = 1; mark <= 12; mark++) await store.put(key, marked(length, mark));
        written.abort();
        for (const seen of await Promise.all(readers)) expect(seen).toBeGreaterThan(0);
        expect((await store.get(key))![0]).toBe(12);
      });
      test("many writers of one key: the bytes of one of them, whole", async () => {
        const key = newKey();
        await Promise.all(Array.from({ length: 20 }, (_, mark) => store.put(key, marked(100_000, mark))));
        expect(isWhole(await store.get(key), 100_000)).toBe(true);
      });
      test("writers of different lengths: no mixture", async () => {
        const key = newKey();
        await Promise.all(Array.from({ length: 10 }, (_, mark) => store.put(key, marked(1000 * (mark + 1), mark))));
        const bytes = (await store.get(key))!;
        expect(isWhole(bytes, 1000 * (bytes[0]! + 1))).toBe(true);
      });
      test("a hundred keys", async () => {
        const items = Array.from({ length: 100 }, (_, i) => ({ key: newKey(i), bytes: bytesOf(1000 + i) }));
        await Promise.all(items.map(({ key, bytes }) => store.put(key, bytes)));
        const read = await Promise.all(items.map(({ key }) => store.get(key)));
        expect(read.every((bytes, i) => bytes !== null && Buffer.compare(bytes, items[i]!.bytes) === 0)).toBe(true);
      });
      test("writes and removals of one key: whole, or nothing", async () => {
        const key = newKey();
        for (let round = 0; round < 10; round++) {
          await Promise.all([store.put(key, marked(50_000, round)), store.remove([key]), store.get(key)]);
          const bytes = await store.get(key);
          expect(bytes === null || isWhole(bytes, 50_000)).toBe(true);
        }
      });
    });

    describe("many in one call", () => {
      test("are all there, with an outcome for each", async () => {
        const items = Array.from({ length: 40 }, (_, i) => ({ key: newKey(i), bytes: bytesOf(i * 37) }));
        expect(await putAll(store, items)).toEqual(items.map(() => undefined));
        const read = await Promise.all(items.map(({ key }) => store.get(key)));
        expect(read.map((bytes) => bytes?.length)).toEqual(items.map(({ bytes }) => bytes.length));
      });
      test("none", async () => expect(await putAll(store, [])).toEqual([]));
      test("the same key twice with the same bytes", async () => {
        const item = { key: newKey(), bytes: bytesOf(70) };
        expect(await putAll(store, [item, item])).toEqual([undefined, undefined]);
        expect(await store.get(item.key)).toEqual(item.bytes);
      });
    });

    describe("takes no key that somebody reads as another", () => {
      test.each(mangled.map((key) => [JSON.stringify(key), key]))("%s", async (_, key) => {
        await expect(store.put(key, bytesOf(1))).rejects.toMatchObject({ code: "invalid-argument" });
        await expect(store.get(key)).rejects.toMatchObject({ code: "invalid-argument" });
        await expect(store.remove([key])).rejects.toMatchObject({ code: "invalid-argument" });
      });
      test("but those of parts, side by side", async () => {
        const blob = newId();
        const keys = [1, 10, 100, 1000].map((index) => partKey(folder, blob, index));
        await Promise.all(keys.map((key, i) => store.put(key, bytesOf(i + 1))));
        expect((await Promise.all(keys.map((key) => store.get(key)))).map((bytes) => bytes?.length)).toEqual([1, 2, 3, 4]);
      });
    });

    describe("beyond this store", () => {
      test("what was confirmed another process sees at once, and what was removed it does not", async (context) => {
        const again = place.again ?? context.skip("the place is this process's memory");
        const other = await again();
        const key = newKey();
        const bytes = bytesOf(3000);
        await store.put(key, bytes);
        expect(Buffer.compare((await other.get(key))!, bytes)).toBe(0);
        await other.remove([key]);
        // A cache may have it for a while: the database knows better, and is asked first.
        await store.forget?.(key);
        expect(await store.get(key)).toBeNull();
        await other.close?.();
      });
      test("what was confirmed is there after the store was closed and opened again", async (context) => {
        const again = place.again ?? context.skip("the place is this process's memory");
        const key = newKey();
        const before = await again();
        await before.put(key, bytesOf(4321));
        await before.close?.();
        const after = await again();
        expect(await after.get(key)).toHaveLength(4321);
        await after.close?.();
      });
      test("is closed without having been used, and twice", async (context) => {
        const again = place.again ?? context.skip("closing it would end the suite's own");
        const other = await again();
        await other.close?.();
        expect(await other.close?.()).toBeUndefined();
      });
      test.for([
        ["others", 800],
        ["fewer", 799],
        ["more", 5000],
        ["none", 0],
      ] as const)(
        "wrong bytes in the place (%s) are given as they are, for the reader to find out by the hash",
        async ([, length], context) => {
          const spoil = place.spoil ?? context.skip("nobody else writes into this process's memory");
          const key = newKey();
          await store.put(key, bytesOf(800));
          const wrong = new Uint8Array(randomBytes(length));
          await spoil(key, wrong);
          await store.forget?.(key);
          expect(Buffer.compare((await store.get(key)) ?? Buffer.from("nothing"), wrong)).toBe(0);
        },
      );
    });
  });
}
