/** Follows a history that `scale.ts` made, alone in its process: `node fold.ts <file>`, the file being the root key and then all records. */
import { open } from "node:fs/promises";
import type { Bytes } from "../packages/core/src/crypto/provider.ts";
import { webCryptoProvider } from "../packages/core/src/crypto/webcrypto.ts";
import { deriveOwnerKeys } from "../packages/core/src/key/schedule.ts";
import { LogFollower } from "../packages/core/src/log/chain.ts";
import { MiB, residentBytes, seconds } from "./measure.ts";

export interface Folded {
  /** Seconds. */
  readonly took: number;
  /** Bytes resident at the most, and before the first record. */
  readonly resident: number;
  readonly before: number;
  readonly nodes: number;
}

/** Whole records of a piece, and how many bytes they are. */
function wholeRecords(piece: Buffer): number {
  let end = 0;
  while (end + 4 <= piece.length && end + 4 + piece.readUInt32BE(end) <= piece.length) end += 4 + piece.readUInt32BE(end);
  return end;
}

async function* pagesOf(path: string): AsyncGenerator<Bytes> {
  const file = await open(path);
  try {
    for (let at = 64; ;) {
      const piece = Buffer.alloc(4 * MiB);
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      const end = wholeRecords(piece.subarray(0, bytesRead));
      if (end === 0) return;
      yield new Uint8Array(piece.buffer, piece.byteOffset, end);
      at += end;
    }
  } finally {
    await file.close();
  }
}

if (process.argv[1] === import.meta.filename) {
  const path = process.argv[2];
  if (path === undefined) throw new Error("Usage: fold.ts <file>");
  const provider = webCryptoProvider();
  const file = await open(path);
  const root = new Uint8Array(64);
  await file.read(root, 0, 64, 0);
  await file.close();
  const keys = await deriveOwnerKeys(provider, root);
  const snapshot = (): never => {
    throw new Error("There is none.");
  };
  const follower = new LogFollower({ provider, keys: [keys], snapshot });
  const before = residentBytes(process.pid);
  const took = await seconds(async () => {
    for await (const page of pagesOf(path)) await follower.page(page);
    follower.finish();
  });
  const folded: Folded = { took, resident: process.resourceUsage().maxRSS * 1024, before, nodes: follower.tree.nodeCount };
  process.stdout.write(JSON.stringify(folded));
}
