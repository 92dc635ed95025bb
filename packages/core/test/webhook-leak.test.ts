/**
 * A whole story, and what the server tells its host of it: every delivery is searched, headers and body, for eight bytes in a row of anything that is secret,
 * in whatever dress (`test/scanner.ts`).
 *
 * Secret are: each root key and all that derives from it; each key that WebCrypto was handed, the content keys among them; tokens; links and their secrets; ids
 * of shares, which open their pages; a passphrase; names, what is written on nodes, contents; and which device it was.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Scanner } from "../../../test/scanner.ts";
import { generateKey, type Keyfold } from "../src/index.ts";
import { Devices } from "./devices.ts";
import { localServer, type LocalServer } from "./local-server.ts";
import { secretsOf } from "./malicious/secrets.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const hookSecret = `whsec_${randomBytes(32).toString("base64")}`;
// Of letters that stand together in no language and no program.
const [letter, directory, renamed, large] = [
  "Qxvzkwpjdh brtgmfxq.txt",
  "Zqjxkvbw hpdftgnr",
  "Jxqzvkwd tpghbfmn.txt",
  "Wvkqzjxp fgdhtbnm.bin",
];
const note = "Vxqkzjwp gdfbhtmn";
const passphrase = "Kzqxvjwb pfgtdhmn";
const content = Buffer.from(randomBytes(8192).toString("latin1"), "latin1");
const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length));

/** What came to the endpoint, as it stood on the wire. */
const deliveries: { readonly type: string; readonly head: string; readonly body: Buffer }[] = [];
const host = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces);
    const { type } = JSON.parse(body.toString()) as { type: string };
    deliveries.push({ type, head: `${request.method} ${request.url}\r\n${request.rawHeaders.join("\r\n")}`, body });
    response.writeHead(204).end();
  });
});
const told = (type: string): number => deliveries.filter((delivery) => delivery.type === type).length;

const scanner = new Scanner();
const kinds = new Map<string, number>();
function secret(kind: string, value: Uint8Array | string): void {
  if (value.length < 8) return;
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  scanner.add(kind, value);
}
function secretKey(root: Uint8Array): void {
  for (const derived of secretsOf(root).values()) secret("derived key", derived);
}

const importKey = crypto.subtle.importKey.bind(crypto.subtle);
const draw = crypto.getRandomValues.bind(crypto);

/** Keys that are imported and roots that are drawn from now on are secret. */
function listenToKeys(): void {
  vi.spyOn(crypto.subtle, "importKey").mockImplementation((async (...args: Parameters<typeof importKey>) => {
    const [format, data, algorithm, , usages] = args;
    const name = typeof algorithm === "string" ? algorithm : algorithm.name;
    const isPublic = format === "raw" && /25519/.test(name) && !Array.from(usages).includes("sign");
    // The platform is tried out with keys of bytes alike: those are no secret.
    if (
      ArrayBuffer.isView(data) &&
      !isPublic &&
      new Set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(-32)).size > 1
    ) {
      secret(`${name} key`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(-32));
    }
    return importKey(...args);
  }) as typeof crypto.subtle.importKey);
  vi.spyOn(crypto, "getRandomValues").mockImplementation(((into: Uint8Array<ArrayBuffer>) => {
    const drawn = draw(into);
    if (drawn.byteLength === 64) secretKey(Uint8Array.from(drawn));
    return drawn;
  }) as typeof crypto.getRandomValues);
}

/** Tokens, in requests and in answers, are secret. */
const listening: typeof fetch = async (input, init) => {
  for (const [name, value] of new Headers(init?.headers)) if (/^keyfold-(token|share)$/.test(name)) secret("token", value);
  const response = await fetch(input, init);
  if (response.headers.get("content-type")?.startsWith("application/json") === true) {
    const { token } = (await response.clone().json()) as { token?: string };
    if (token !== undefined) secret("token", token);
  }
  return response;
};

let server: LocalServer;
let devices: Devices;
beforeAll(async () => {
  host.listen(0, "127.0.0.1");
  await once(host, "listening");
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/hooks/keyfold`;
  server = await localServer({ webhooks: [{ url, secret: hookSecret }], limits: { quota: 2_000_000 } });
  devices = new Devices(server);
  listenToKeys();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await devices.close();
  await server.remove();
  host.closeAllConnections();
  host.close();
});

async function damageStore(): Promise<void> {
  const blobs = join(server.dataDir, "blobs");
  for (const entry of await readdir(blobs, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await writeFile(join(entry.parentPath, entry.name), "damaged");
}

test("no delivery of a whole story holds anything that is secret", async () => {
  const client = (): Keyfold => devices.client({ fetch: listening });
  const folder = await devices.using(client().create());
  await folder.createDirectory(`/${directory}`);
  await folder.upload([new File([content], letter)], { to: `/${directory}` });
  const node = folder.state.tree.resolve(`/${directory}/${letter}`)!;
  await folder.setMeta({ node: node.id }, { note });
  await folder.rename({ node: node.id }, renamed);
  await folder.settled();
  secret("device", Buffer.from(node.added!.device, "hex"));
  const [key, newer] = [generateKey(), generateKey()];
  await folder.lock(key);
  await vi.waitFor(() => expect(folder.state.exposed.remaining).toBe(0), { timeout: 30_000 });
  await folder.settled();

  const { id, link } = await folder.share([{ node: node.id }], { passphrase });
  secret("share", Buffer.from(id, "hex"));
  secret("link", new URL(link).hash.slice(1));
  secret("link", Buffer.from(new URL(link).hash.slice(1), "base64url"));
  const opened = await client().openShare(link, { passphrase });
  expect(Buffer.from(await (await opened.download(`/${renamed}`)).arrayBuffer()).equals(content)).toBe(true);
  opened.close();

  const other = await devices.using(client().open(key));
  const filling = bytes(1_700_000);
  await other.upload([new File([filling], large)]);
  const tooMuch = other.upload([new File([bytes(600_000)], `${large}.more`)]);
  tooMuch.catch(() => undefined);
  await vi.waitFor(() => expect(told("quota.near")).toBe(2), { timeout: 30_000 });
  tooMuch.cancel();
  await other.purge([`/${large}`]);
  await other.settled();
  await folder.refresh();
  await folder.lock(newer);
  await vi.waitFor(() => expect(told("folder.rekeyed")).toBe(1), { timeout: 30_000 });
  await vi.waitFor(() => expect(folder.state.exposed.remaining).toBe(0), { timeout: 30_000 });
  await damageStore();
  await expect(folder.download({ node: node.id })).rejects.toMatchObject({ code: "tampered" });
  await vi.waitFor(() => expect(told("part.damaged")).toBeGreaterThan(0), { timeout: 30_000 });

  for (const name of [letter, directory, renamed, large]) secret("name", name);
  secret("note", note);
  secret("passphrase", passphrase);
  secret("content", content);
  secret("content", filling.subarray(0, 65_536));
  secret("webhook's own secret", Buffer.from(hookSecret.slice(6), "base64"));
  for (const root of [key, newer]) secretKey(root);

  // That there was something to be found, and to be searched.
  for (const kind of ["derived key", "HKDF key", "AES-GCM key", "Ed25519 key", "token", "device"])
    expect(kinds.get(kind), kind).toBeGreaterThan(0);
  const types = ["folder.locked", "folder.rekeyed", "part.damaged", "quota.near", "share.taken", "upload.arrived"];
  expect([...new Set(deliveries.map(({ type }) => type))].toSorted()).toEqual(types);
  const found = deliveries.flatMap(({ type, head, body }) =>
    [...scanner.find(head), ...scanner.find(body)].map(({ secret: which, form }) => `${type}: ${which}, ${form}`),
  );
  expect(found).toEqual([]);
  // And that the search would find it.
  const { head, body } = deliveries[0]!;
  expect(scanner.find(`${head}\r\nx-name: ${Buffer.from(renamed).toString("base64")}`)).not.toEqual([]);
  expect(scanner.find(body.toString().replace(/"folder":"[0-9a-f]{32}"/, `"folder":"${id}"`))).not.toEqual([]);
});
