import { expect, test } from "vitest";
import { providerVectorSuite } from "../../test/vectors.ts";
import { concat, fromBase64url, fromHex, toHex, u8 } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import { deriveOwnerKeys, deriveReaderKeys } from "../key/schedule.ts";
import { joinPage, kindBytes, type LogRecord } from "../protocol/record.ts";
import type { Descriptor } from "../seal/blob.ts";
import { LogFollower, type FollowOptions, type LogKeys } from "./chain.ts";
import { freeze, snapshotLines, stateHash } from "./snapshot.ts";

interface Frame {
  kind: LogRecord["kind"];
  frame: string;
}
interface LogSection {
  mode: 0 | 1;
  folderId: string;
  roots: Record<string, string>;
  readKeys: Record<string, string>;
  records: (Frame & { epoch: number; effects?: boolean[]; stateAfter?: string })[];
  snapshots: { descriptor: Descriptor; gzip: string }[];
  finalTree: string;
  finalState: string;
  exposed: { node: string; blob: string }[];
}
interface Variant {
  name: string;
  secrets: string[];
  folderId: string | null;
  knownHeads: Record<string, string>;
  records: (Frame | { ref: number })[];
  verdict: {
    status: string;
    code?: string;
    seq?: number;
    state?: string;
    nodes?: number;
    head?: string;
    reported?: { seq: number; state?: string; reason?: string; notes?: string[] }[];
  };
}

/** One of each provider and file of vectors, in the order in which suites run over them. */
const logs: LogSection[] = [];

function encode({ kind, frame }: Frame): Bytes {
  return concat(u8(kindBytes[kind]), fromBase64url(frame));
}

function keysOf(provider: CryptoProvider, section: LogSection, secrets: readonly string[]): Promise<LogKeys[]> {
  return Promise.all(
    secrets.map((name): Promise<LogKeys> => {
      const root = section.roots[name];
      return root === undefined ? deriveReaderKeys(provider, fromHex(section.readKeys[name]!)) : deriveOwnerKeys(provider, fromHex(root));
    }),
  );
}

async function options(provider: CryptoProvider, section: LogSection, secrets: readonly string[]): Promise<FollowOptions> {
  return {
    provider,
    keys: await keysOf(provider, section, secrets),
    snapshot: ({ blob }) => {
      const found = section.snapshots.find(({ descriptor }) => descriptor.blob === blob);
      if (found === undefined) throw new Error("No such snapshot.");
      return new Blob([fromHex(found.gzip)]).stream();
    },
  };
}

/** What following comes to, in the vectors' words. Pages of `perPage` records. */
async function verdictOf(provider: CryptoProvider, section: LogSection, variant: Variant, perPage: number) {
  const records = variant.records.map((record) => encode("ref" in record ? section.records[record.ref]! : record));
  const follower = new LogFollower({
    ...(await options(provider, section, variant.secrets)),
    ...(variant.folderId === null ? {} : { folderId: variant.folderId }),
    knownHeads: new Map(Object.entries(variant.knownHeads).map(([seq, head]) => [Number(seq), head])),
  });
  try {
    for (let i = 0; i < records.length; i += perPage) await follower.page(joinPage(records.slice(i, i + perPage)));
    const end = follower.finish();
    return {
      ...end,
      state: toHex(await stateHash(provider, freeze(follower.tree))),
      nodes: follower.tree.nodeCount,
      head: toHex(follower.position!.head),
      ...(follower.reports.length > 0 ? { reported: follower.reports } : {}),
    };
  } catch (error) {
    if (!isKeyfoldError(error)) throw error;
    return { status: "refused", code: error.reason, ...(error.seq === undefined ? {} : { seq: error.seq }) };
  }
}

providerVectorSuite<LogSection>("log", (section, count, provider) => {
  logs.push(section);

  test("ends in the tree that is written, with the exposed versions that are named, after each entry in its state", async () => {
    const effects = new Map<number, readonly boolean[]>();
    const follower = new LogFollower({
      ...(await options(provider, section, ["root0", "root1"])),
      onEntry: (folded) => effects.set(folded.seq, folded.effects),
    });
    for (const [seq, record] of section.records.entries()) {
      await follower.page(joinPage([encode(record)]));
      if (record.effects !== undefined) expect(effects.get(seq)).toEqual(record.effects);
      if (record.stateAfter !== undefined) expect(toHex(await stateHash(provider, freeze(follower.tree)))).toBe(record.stateAfter);
    }
    expect([...snapshotLines(freeze(follower.tree))].map((line) => `${line}\n`).join("")).toBe(section.finalTree);
    expect([...follower.tree.exposed].map(([blob, node]) => ({ node, blob }))).toEqual(section.exposed);
    expect(follower.reports).toEqual([]);
    expect(follower.mode).toBe(section.mode);
    count(section.records.length);
  });
});

providerVectorSuite<Variant[]>("logVariants", (variants, count, provider) => {
  const log = logs.shift()!;
  test.each(variants)("$name", async (variant) => {
    expect(await verdictOf(provider, log, variant, 100)).toEqual(variant.verdict);
    expect(await verdictOf(provider, log, variant, 1)).toEqual(variant.verdict);
    count();
  });
});
