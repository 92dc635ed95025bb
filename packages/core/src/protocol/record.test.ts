import * as fc from "fast-check";
import { expect, test } from "vitest";
import { providerVectorSuite, vectorSection, vectorSuite } from "../../test/vectors.ts";
import { fromBase64url, fromHex, toBase64url, toHex } from "../crypto/encoding.ts";
import { webVerifier } from "../crypto/verify.ts";
import { isKeyfoldError } from "../error.ts";
import {
  decodeClear,
  decodeRecord,
  decodeRecordBody,
  encodeClear,
  encodeRecord,
  entryAad,
  joinPage,
  kindBytes,
  spineOf,
  splitPage,
  stepOntoGenesis,
  stepOver,
  verifyGenesis,
  verifyRecord,
  type ClearLists,
  type LogRecord,
  type Position,
} from "./record.ts";

const verifier = webVerifier();

interface RecordCase {
  seq: number;
  epoch: number;
  kind: LogRecord["kind"];
  M: string;
  head: string;
  frame: string;
  signatures: string[];
  clear?: string;
  clearLists?: ClearLists;
  aad?: string;
  hashOfClear?: string;
}

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return isKeyfoldError(error) ? error.code : String(error);
  }
  return undefined;
}

providerVectorSuite<{ folderId: string; records: RecordCase[] }>("log", ({ folderId, records }, count, verifier) => {
  test("every record steps to the head that is written, and encodes to the bytes it came from", async () => {
    let at: Position | undefined;
    for (const expected of records) {
      const body = fromBase64url(expected.frame);
      const record = decodeRecordBody(kindBytes[expected.kind], body);
      expect(toBase64url(encodeRecord(record).subarray(1))).toBe(expected.frame);
      expect(record.kind).toBe(expected.kind);
      const step =
        record.kind === "genesis" ? await stepOntoGenesis(verifier, record, folderId) : await stepOver(verifier, at as Position, record);
      expect(toHex(step.text)).toBe(expected.M);
      expect(step.signatures.map(({ signature }) => toHex(signature))).toEqual(expected.signatures);
      if (record.kind === "entry") {
        expect(toHex(entryAad(at as Position, fromHex(expected.hashOfClear as string)))).toBe(expected.aad);
        expect(decodeClear(record.clear)).toEqual(expected.clearLists);
        expect(toHex(encodeClear(expected.clearLists as ClearLists))).toBe(expected.clear);
        const spine = await spineOf(verifier, record);
        expect(toHex((await verifyRecord(verifier, at as Position, spine)).head)).toBe(expected.head);
      }
      at = record.kind === "genesis" ? await verifyGenesis(verifier, record) : await verifyRecord(verifier, at as Position, record);
      expect({ seq: at.seq, epoch: at.epoch, head: toHex(at.head), folderId: at.folderId }).toEqual({
        seq: expected.seq,
        epoch: expected.epoch,
        head: expected.head,
        folderId,
      });
      count();
    }
  });

  test("a bit flipped anywhere in a record is malformed or does not verify", async () => {
    const [first, second, third] = records.map(({ kind, frame }) => decodeRecordBody(kindBytes[kind], fromBase64url(frame)));
    const genesis = await verifyGenesis(verifier, first as LogRecord & { kind: "genesis" });
    const place = await verifyRecord(verifier, genesis, second!);
    const encoded = encodeRecord(third!);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: encoded.length * 8 - 1 }), async (bit) => {
        const flipped = encoded.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const attempt = async () => verifyRecord(verifier, place, decodeRecord(flipped));
        const error = await attempt().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(isKeyfoldError(error, "malformed") || isKeyfoldError(error, "tampered")).toBe(true);
      }),
    );
  });
});

vectorSuite<{ name: string; kind: LogRecord["kind"]; frame: string; code: string }[]>("brokenFrames", (cases, count) => {
  test.each(cases)("$name", ({ kind, frame, code }) => {
    expect(codeOf(() => decodeRecordBody(kindBytes[kind], fromBase64url(frame)))).toBe(code);
    count();
  });
});

test("a genesis in the middle of a log is refused, even one that verifies at its start", async () => {
  const log = vectorSection<{ records: RecordCase[] }>("log");
  if (log === undefined) return;
  const genesis = decodeRecordBody(0, fromBase64url(log.records[0]!.frame)) as LogRecord & { kind: "genesis" };
  const place = await verifyGenesis(verifier, genesis);
  await expect(verifyRecord(verifier, place, genesis)).rejects.toMatchObject({ code: "tampered", reason: "bad-signature", seq: 1 });
});

test("a genesis that announces a key of small order is refused", async () => {
  const log = vectorSection<{ records: RecordCase[] }>("log");
  if (log === undefined) return;
  const genesis = decodeRecordBody(0, fromBase64url(log.records[0]!.frame)) as LogRecord & { kind: "genesis" };
  for (const at of [0, 32, 96]) {
    const keys = genesis.keys.slice();
    keys.fill(0, at, at + 32);
    keys[at] = 1; // the neutral element
    await expect(verifyGenesis(verifier, { ...genesis, keys })).rejects.toMatchObject({ code: "tampered", reason: "bad-key", seq: 0 });
  }
});

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array));

test("a page is taken apart into what it was joined of, and a page cut anywhere is malformed", () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 8 }), fc.nat(), (records, cut) => {
      const page = joinPage(records);
      expect([...splitPage(page)]).toEqual(records);
      const ends = new Set(records.map((_, i) => joinPage(records.slice(0, i)).length));
      const length = cut % (page.length + 1);
      if (length < page.length && !ends.has(length)) expect(codeOf(() => [...splitPage(page.slice(0, length))])).toBe("malformed");
    }),
  );
});

const ids = fc.uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex), { maxLength: 30 });

test("clear lists come back sorted, and only the one way of writing them is read", () => {
  fc.assert(
    fc.property(ids, ids, ids, fc.nat(), (added, dropped, consumed, at) => {
      const clear = encodeClear({ added, dropped, consumed });
      expect(decodeClear(clear)).toEqual({ added: added.toSorted(), dropped: dropped.toSorted(), consumed: consumed.toSorted() });
      expect(codeOf(() => decodeClear(clear.slice(0, at % clear.length)))).toBe("malformed");
      expect(codeOf(() => decodeClear(new Uint8Array([...clear, 0])))).toBe("malformed");
    }),
  );
});

test("clear lists that are not ascending or repeat an id are malformed", () => {
  const [low, high] = ["00".repeat(16), "ff".repeat(16)];
  const written = encodeClear({ added: [low, high], dropped: [], consumed: [] });
  const exchanged = new Uint8Array([...written.slice(0, 4), ...written.slice(20, 36), ...written.slice(4, 20), ...written.slice(36)]);
  const repeated = new Uint8Array([...written.slice(0, 20), ...written.slice(4, 20), ...written.slice(36)]);
  expect(codeOf(() => decodeClear(exchanged))).toBe("malformed");
  expect(codeOf(() => decodeClear(repeated))).toBe("malformed");
});

test("1,000 ids together fit, 1,001 do not", () => {
  const id = (n: number) => n.toString(16).padStart(32, "0");
  const list = Array.from({ length: 500 }, (_, i) => id(i));
  expect(decodeClear(encodeClear({ added: list, dropped: list, consumed: [] })).added).toHaveLength(500);
  expect(codeOf(() => encodeClear({ added: list, dropped: list, consumed: [id(9)] }))).toBe("too-large");
});

test("a sealed part above 256 KiB is malformed", () => {
  const record = { kind: "entry", clear: new Uint8Array(12), sealed: new Uint8Array(256 * 1024), signature: new Uint8Array(64) } as const;
  expect(decodeRecord(encodeRecord(record)).kind).toBe("entry");
  expect(codeOf(() => decodeRecord(encodeRecord({ ...record, sealed: new Uint8Array(256 * 1024 + 1) })))).toBe("malformed");
});
