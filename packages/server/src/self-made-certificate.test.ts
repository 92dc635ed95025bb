import { X509Certificate } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../test/mount.ts";
import { day } from "./clock.ts";
import { selfMadeCertificate } from "./self-made-certificate.ts";

vi.setConfig({ testTimeout: 60_000 });

describe("a certificate of this machine's own", () => {
  test("names it by every address, serves nothing else, and is its owner's alone", async () => {
    const folder = await temporaryFolder();
    const { cert, fingerprint } = await selfMadeCertificate(folder, ["192.168.7.7", "[fd00::7]"]);
    const x509 = new X509Certificate(cert);
    expect(x509.checkHost("localhost")).toBe("localhost");
    for (const address of ["127.0.0.1", "::1", "192.168.7.7", "fd00::7"])
      expect([address, x509.checkIP(address)]).toEqual([address, address]);
    expect(x509.ca).toBe(false);
    expect(x509.checkHost("example.com")).toBeUndefined();
    expect(x509.fingerprint256).toBe(fingerprint);
    expect((await stat(join(folder, "tls.pem"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["tls.pem"]);
  });

  test("stays the same, until it ends soon or this machine has another address", async () => {
    const folder = await temporaryFolder();
    const now = Date.now();
    const at = async (days: number, hosts = ["10.0.0.7"]) => (await selfMadeCertificate(folder, hosts, now + days * day)).fingerprint;
    const first = await at(0);
    expect(await at(365)).toBe(first);
    const second = await at(367);
    expect(second).not.toBe(first);
    expect(await at(367, [])).toBe(second);
    expect(await at(367, ["10.0.0.8"])).not.toBe(second);
  });

  test("that is damaged is made anew; a folder that cannot be written to is told", async () => {
    const folder = await temporaryFolder();
    const { key, cert, fingerprint } = await selfMadeCertificate(folder, []);
    const other = await selfMadeCertificate(await temporaryFolder(), []);
    for (const text of ["", key, cert, key + other.cert, (key + cert).slice(0, -100)]) {
      await writeFile(join(folder, "tls.pem"), text);
      expect((await selfMadeCertificate(folder, [])).fingerprint).not.toBe(fingerprint);
      expect(await readFile(join(folder, "tls.pem"), "utf8")).not.toBe(text);
    }
    await expect(selfMadeCertificate(join(folder, "nowhere"), [])).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
