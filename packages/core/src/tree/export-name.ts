/**
 * Names for a download or a zip: harmless in every file system, and unique where case and Unicode form do not count.
 *
 * @module
 */

import { nameLimit } from "./op.ts";
import { cutToBytes, extensionAt, replaceDisturbing, withSuffix } from "./name.ts";

/** Separators, and what Windows forbids. */
const forbidden = /[/\\:*?"<>|]/gu;

/** Devices of Windows, with any extension (Microsoft, "Naming Files, Paths, and Namespaces"). */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(?:\.|$)/iu;

const encoder = new TextEncoder();

/** What two names have in common that some file system takes for one. */
export function collisionKey(name: string): string {
  return name.normalize("NFC").toUpperCase().normalize("NFC").toLowerCase().normalize("NFC");
}

function trimmed(name: string): string {
  return name.replace(/[. ]+$/u, "").replace(/^ +/u, "");
}

function fitted(name: string): string {
  if (encoder.encode(name).length <= nameLimit) return name;
  const extension = name.slice(extensionAt(name));
  const cut = extension.length < name.length ? nameLimit - encoder.encode(extension).length : nameLimit;
  return trimmed(cutToBytes(name.slice(0, extensionAt(name)), cut)) + extension;
}

/** One name made safe: no path, no device, no trailing dot or space, NFC, 1 to 255 UTF-8 bytes. */
export function exportName(name: string): string {
  const safe = trimmed(replaceDisturbing(name.toWellFormed().normalize("NFC"), () => "_").replace(forbidden, "_"));
  const named = safe === "" || /^\.+$/u.test(safe) ? "_" : safe;
  return fitted(reserved.test(named) ? `_${named}` : named);
}

/** Safe names for the nodes of one directory, in their order; of those that collide the first keeps its name. */
export function exportNames(nodes: readonly { readonly name: string; readonly kind: "file" | "directory" }[]): string[] {
  const safe = nodes.map(({ name }) => exportName(name));
  const real = new Set(safe.map(collisionKey));
  const taken = new Set<string>();
  const nextNumber = new Map<string, number>();
  return safe.map((name, i) => {
    const key = collisionKey(name);
    if (!taken.has(key)) {
      taken.add(key);
      return name;
    }
    for (let n = nextNumber.get(key) ?? 2; ; n++) {
      const candidate = withSuffix(name, `(${n})`, nodes[i]!.kind);
      const own = collisionKey(candidate);
      if (real.has(own) || taken.has(own)) continue;
      taken.add(own);
      nextNumber.set(key, n + 1);
      return candidate;
    }
  });
}
