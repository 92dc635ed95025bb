/**
 * The providers that must agree on every byte: tests of primitives and vectors run over each.
 *
 * @module
 */
import { inPlace } from "../src/crypto/noble-runner.ts";
import { nobleProvider, withNobleCurves } from "../src/crypto/noble.ts";
import type { CryptoProvider } from "../src/crypto/provider.ts";
import { webCryptoProvider } from "../src/crypto/webcrypto.ts";

const web = webCryptoProvider();
const run = await inPlace();

export const noble = nobleProvider(run);

/** By what a page with it has: all of WebCrypto; none of it; all but Ed25519 and X25519. */
export const providers: readonly (readonly [name: string, provider: CryptoProvider])[] = [
  ["WebCrypto", web],
  ["noble", noble],
  ["WebCrypto with noble's curves", withNobleCurves(web, run)],
];
