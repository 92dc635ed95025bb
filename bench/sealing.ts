/** Sealing against bare `subtle.encrypt` on the same buffers. Runs in Node and, bundled, in a page. */
import { createSealer, drawBlob } from "../packages/core/src/seal/sealer.ts";
import { webCryptoProvider } from "../packages/core/src/crypto/webcrypto.ts";

const partSize = 4 * 2 ** 20;
const segmentSize = 2 ** 20;

export interface SealingTimes {
  /** Milliseconds for `parts` parts of 4 MiB, the best of the rounds. */
  readonly bare: number;
  readonly bareWithHash: number;
  readonly encrypt: number;
  readonly seal: number;
}

/** Encrypts `parts` parts of 4 MiB in four ways, `rounds` times in turn, so that a slow moment of the machine hits all four. */
export async function measureSealing(parts: number, rounds: number): Promise<SealingTimes> {
  const provider = webCryptoProvider();
  const size = parts * partSize - 40 - 16 * 4 * parts;
  const { blob, key } = drawBlob(provider);
  const sealer = await createSealer(provider, { blob, key, size, padded: false });
  const content = Array.from({ length: 4 }, () => new Uint8Array(partSize).fill(7));
  const bareKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const into = new Uint8Array(partSize);

  async function bareParts(withHash: boolean): Promise<void> {
    for (let part = 0; part < parts; part++) {
      const bytes = content[part % content.length] as Uint8Array<ArrayBuffer>;
      for (let start = 0; start < partSize; start += segmentSize) {
        const iv = new Uint8Array(12);
        new DataView(iv.buffer).setUint32(7, part * 4 + start / segmentSize);
        await crypto.subtle.encrypt({ name: "AES-GCM", iv }, bareKey, bytes.subarray(start, start + segmentSize - 16));
      }
      if (withHash) await crypto.subtle.digest("SHA-256", bytes);
    }
  }

  async function sealedParts(withHash: boolean): Promise<void> {
    for (let part = 0; part < parts; part++) {
      const { start, end } = sealer.contentRangeOfPart(part);
      const bytes = (content[part % content.length] as Uint8Array<ArrayBuffer>).subarray(0, end - start);
      if (withHash) await sealer.sealPart(part, bytes, into);
      else await sealer.encryptPart(part, bytes, into);
    }
  }

  const best = { bare: Infinity, bareWithHash: Infinity, encrypt: Infinity, seal: Infinity };
  const ways: readonly (readonly [keyof typeof best, () => Promise<void>])[] = [
    ["bare", () => bareParts(false)],
    ["encrypt", () => sealedParts(false)],
    ["bareWithHash", () => bareParts(true)],
    ["seal", () => sealedParts(true)],
  ];
  for (let round = 0; round < rounds; round++) {
    for (const [way, run] of ways) {
      const started = performance.now();
      await run();
      best[way] = Math.min(best[way], performance.now() - started);
    }
  }
  return best;
}
