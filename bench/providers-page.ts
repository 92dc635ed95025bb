/** Sealing and opening with one provider. Runs in Node and, bundled, in a page. */
import { startRunner } from "../packages/core/src/crypto/noble-runner.ts";
import { nobleProvider } from "../packages/core/src/crypto/noble.ts";
import type { CryptoProvider } from "../packages/core/src/crypto/provider.ts";
import { webCryptoProvider } from "../packages/core/src/crypto/webcrypto.ts";
import { createOpener } from "../packages/core/src/seal/opener.ts";
import { createSealer, drawBlob, type SealedPart } from "../packages/core/src/seal/sealer.ts";
import { watchThread } from "./thread.ts";

const partSize = 4 * 2 ** 20;

export interface ProviderTimes {
  /** Milliseconds for all parts. */
  readonly seal: number;
  readonly open: number;
  /** Longest time in ms between two timers of 4 ms while sealing: how long the thread was held up. */
  readonly blocked: number;
}

async function measure(provider: CryptoProvider, parts: number): Promise<ProviderTimes> {
  const size = parts * partSize - 40 - 16 * 4 * parts;
  const secrets = drawBlob(provider);
  const sealer = await createSealer(provider, { ...secrets, size, padded: false });
  const content = new Uint8Array(partSize).fill(7);
  const all = Array.from({ length: parts }, (_, part) => part);

  const stop = watchThread();
  let started = performance.now();
  const sealed: SealedPart[] = [];
  // Two at a time, as parts of an upload are sealed while others are on the wire.
  for (let part = 0; part < parts; part += 2) {
    const pair = all.slice(part, part + 2).map((each) => {
      const { start, end } = sealer.contentRangeOfPart(each);
      return sealer.sealPart(each, content.subarray(0, end - start));
    });
    sealed.push(...(await Promise.all(pair)));
  }
  const seal = performance.now() - started;
  const blocked = stop();

  const opener = createOpener(provider, await sealer.describe(sealed.map(({ hash }) => hash)));
  started = performance.now();
  await opener.acceptPartHashes(new Uint8Array(await new Blob(sealed.map(({ hash }) => hash)).arrayBuffer()));
  for (const [part, { bytes }] of sealed.entries()) await opener.openPart(part, bytes);
  return { seal, open: performance.now() - started, blocked };
}

/** Both providers, the second of two rounds each. */
export async function measureProviders(parts: number): Promise<{ readonly web: ProviderTimes; readonly noble: ProviderTimes }> {
  const [web, noble] = [webCryptoProvider(), nobleProvider(await startRunner())];
  for (const provider of [web, noble]) await measure(provider, 2);
  return { web: await measure(web, parts), noble: await measure(noble, parts) };
}

Object.assign(globalThis, { measureProviders });
