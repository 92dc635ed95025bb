/**
 * Which provider this platform gets: WebCrypto where it has all that is needed; else noble, for what is missing.
 *
 * @module
 */
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { CryptoProvider } from "./provider.ts";
import { hasSubtle } from "./verify.ts";
import { webCryptoProvider } from "./webcrypto.ts";

/**
 * Whether whoever is on the network can change this page: it came over http:// from another machine (not a secure context,
 * https://w3c.github.io/webappsec-secure-contexts/). False where there is no page.
 */
export function isInsecurePage(): boolean {
  return (globalThis as { isSecureContext?: boolean }).isSecureContext === false;
}

/** Looks what is there, and loads noble where it is needed. Rejects with `offline` when that cannot be loaded. */
export async function chooseProvider(): Promise<CryptoProvider> {
  const web = hasSubtle() ? webCryptoProvider() : null;
  if (web !== null && (await hasCurves(web))) return web;
  try {
    const [noble, { startRunner }] = await Promise.all([import("./noble.ts"), import("./noble-runner.ts")]);
    const run = await startRunner();
    return web === null ? noble.nobleProvider(run) : noble.withNobleCurves(web, run);
  } catch (cause) {
    throw new KeyfoldError("offline", "What this browser needs to encrypt could not be loaded. Try again.", { cause });
  }
}

/** Ed25519 (Chromium 137, Firefox 129, Safari 17) and X25519 (Chromium 133, Firefox 130, Safari 17). */
async function hasCurves(web: CryptoProvider): Promise<boolean> {
  try {
    await Promise.all([web.importSigning(new Uint8Array(32)), web.importAgreement(new Uint8Array(32).fill(1))]);
    return true;
  } catch (error) {
    if (isKeyfoldError(error, "crypto-missing")) return false;
    throw error;
  }
}

let chosen: Promise<CryptoProvider> | undefined;

/** The provider of this page or process: chosen once. */
export function platformProvider(): Promise<CryptoProvider> {
  if (chosen === undefined) {
    const choosing = chooseProvider();
    chosen = choosing;
    choosing.catch(() => (chosen = undefined));
  }
  return chosen;
}
