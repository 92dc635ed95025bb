/**
 * A certificate that this machine makes for itself: for a LAN, where nobody else can vouch for it, and people compare its fingerprint.
 *
 *     <folder>/tls.pem         key and certificate, readable by its owner alone
 *
 * @module
 */

import { X509Certificate, createPrivateKey, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeyfoldError } from "@keyfold/core/protocol";
import { generate } from "selfsigned";
import { ownHosts } from "./addresses.ts";
import { day } from "./clock.ts";

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the certificate, as browsers show it. */
  readonly fingerprint: string;
}

/** Days: browsers take no longer ones (CA/Browser Forum, 398 days), and phones refuse them. */
const lasts = 397 * day;
/** A new one is made this long before the end. */
const renewedBefore = 30 * day;

const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * The certificate in a folder; made where there is none, where it ends soon, or where it does not name an address that this machine has by now.
 *
 * Throws `invalid-argument` where the folder cannot be used.
 */
export async function selfMadeCertificate(folder: string, hosts: readonly string[] = ownHosts(), now = Date.now()): Promise<Certificate> {
  const path = join(folder, "tls.pem");
  const names = [...loopback, ...hosts.map((host) => host.replace(/^\[|\]$/g, ""))];
  const known = read(path);
  if (known !== undefined && isGood(known.cert, names, now)) return certificate(known);
  const made = await make(names, now);
  try {
    replace(path, made.key + made.cert);
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "The certificate cannot be written to the data folder.", { cause });
  }
  return certificate(made);
}

interface Pair {
  readonly key: string;
  readonly cert: string;
}

function certificate({ key, cert }: Pair): Certificate {
  return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
}

async function make(names: readonly string[], now: number): Promise<Pair> {
  const altNames = names.map((name) => (/^[0-9.]+$|:/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const)));
  const { private: key, cert } = await generate([{ name: "commonName", value: "Keyfold on this network" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    // Clocks on a LAN differ.
    notBeforeDate: new Date(now - day),
    notAfterDate: new Date(now - day + lasts),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { key: `${key.trim()}\n`, cert: `${cert.trim()}\n` };
}

/** Key and certificate that belong together; undefined where there is none, or something else. */
function read(path: string): Pair | undefined {
  try {
    const [key, cert] = readFileSync(path, "utf8").split(/(?=-----BEGIN CERTIFICATE-----)/);
    return key !== undefined && cert !== undefined && new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
      ? { key, cert }
      : undefined;
  } catch {
    return undefined;
  }
}

function isGood(cert: string, names: readonly string[], now: number): boolean {
  const x509 = new X509Certificate(cert);
  const named = (name: string): boolean => (/^[0-9.]+$|:/.test(name) ? x509.checkIP(name) : x509.checkHost(name)) !== undefined;
  return Date.parse(x509.validFrom) <= now && Date.parse(x509.validTo) - renewedBefore > now && names.every(named);
}

/** Whole or not at all. Of two processes that start at once the last one's stays; each serves the one that it made. */
function replace(path: string, text: string): void {
  const staged = `${path}-${process.pid}-${randomBytes(4).toString("hex")}`;
  const file = openSync(staged, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    renameSync(staged, path);
  } catch (error) {
    unlinkSync(staged);
    throw error;
  }
}
