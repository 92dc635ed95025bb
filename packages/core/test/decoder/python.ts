/**
 * A Python with `cryptography`, which Debian's package brings where it is missing; undefined where there is none to be had.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const decoder = fileURLToPath(new URL("keyfold.py", import.meta.url));

function hasCryptography(python: string): boolean {
  return spawnSync(python, ["-c", "import cryptography"], { stdio: "ignore" }).status === 0;
}

/** Installs, as root on Debian; this may take half a minute. */
export function findPython(): string | undefined {
  const places = ["python3", "/usr/bin/python3"];
  const found = places.find(hasCryptography);
  if (found !== undefined || !existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) return found;
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env: environment });
  spawnSync("apt-get", ["install", "-y", "-qq", "python3-cryptography"], { stdio: "inherit", env: environment });
  return places.find(hasCryptography);
}

/** What the decoder prints. Throws with what it says of an error. */
export function decode(python: string, args: readonly string[], input: string | Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(python, [decoder, ...args], { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr.toString("utf8"));
  return stdout.toString("utf8").trim();
}
