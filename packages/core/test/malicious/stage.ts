/** A malicious server, devices in front of it, and the folders that the attacks are made on. */
import { expect, vi } from "vitest";
import { generateKey, isKeyfoldError, type ErrorCode, type Folder, type Keyfold, type KeyfoldOptions } from "../../src/index.ts";
import { FolderApi, ServerApi } from "../../src/api/client.ts";
import { Http } from "../../src/api/http.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { webCryptoProvider } from "../../src/crypto/webcrypto.ts";
import { deriveOwnerKeys, deriveReaderKeys, exportReadKey, type OwnerKeys } from "../../src/key/schedule.ts";
import { splitPage, type Position } from "../../src/protocol/record.ts";
import { decodeRecord, verifyGenesis, verifyRecord } from "../../src/protocol/record.ts";
import { Devices } from "../devices.ts";
import { MaliciousServer } from "./server.ts";

// A server that was set back is asked twice, a second apart, and machines are busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

export const provider = webCryptoProvider();
export const page = "https://example.com/";

export class Stage {
  readonly server: MaliciousServer;
  readonly devices: Devices;

  private constructor(server: MaliciousServer) {
    this.server = server;
    this.devices = new Devices(server);
  }

  static async set(): Promise<Stage> {
    return new Stage(await MaliciousServer.start());
  }

  client(options: Partial<KeyfoldOptions> = {}): Keyfold {
    return this.devices.client({ fetch: this.server.fetch, ...options });
  }

  using(folder: Promise<Folder>): Promise<Folder> {
    return this.devices.using(folder);
  }

  /** A folder that is locked from the start, with what is in it confirmed. */
  async locked(fill: (folder: Folder) => Promise<unknown> = letters, options: Partial<KeyfoldOptions> = {}): Promise<LockedFolder> {
    const key = generateKey();
    this.server.secret("key", key);
    const folder = await this.using(this.client(options).create({ key }));
    await fill(folder);
    await folder.settled();
    return { folder, key, owner: await deriveOwnerKeys(provider, key) };
  }

  /** An open folder; its read key lies beside it, its root does not. */
  async open(fill: (folder: Folder) => Promise<unknown> = letters, options: Partial<KeyfoldOptions> = {}): Promise<Folder> {
    const folder = await this.using(this.client(options).create());
    await fill(folder);
    await folder.settled();
    return folder;
  }

  /** The protocol itself, with short waits, signed in by this key (owner), or by what it reads with. */
  api(folder: string, owner: OwnerKeys | null, read?: Awaited<ReturnType<typeof deriveReaderKeys>>, epoch = 0): FolderApi {
    const api = new FolderApi(this.http(), folder);
    if (owner !== null) api.session.use({ scope: "owner", epoch, sign: (text) => provider.sign(owner.auth, text) });
    else if (read !== undefined) api.session.use({ scope: "read", epoch, sign: (text) => provider.sign(read.readAuth, text) });
    return api;
  }

  /** Without a folder. */
  get unsigned(): ServerApi {
    return new ServerApi(this.http());
  }

  http(): Http {
    return new Http({ server: this.server.url, fetch: this.server.fetch, backoff: { base: 1, cap: 2 } });
  }

  /** Between two tests: folders closed, the server honest, and every request looked through. */
  async strike(): Promise<void> {
    this.server.repent();
    await this.devices.close();
    this.server.expectNoLeak();
  }
}

export interface LockedFolder {
  readonly folder: Folder;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly owner: OwnerKeys;
}

/** Marked content: none of it may ever be seen by the server. */
export const content = (name: string): string => `The content of ${name}, which is nobody's business. `.repeat(20);

export async function letters(folder: Folder): Promise<void> {
  await folder.upload([new File([content("one")], "one.txt"), new File([content("two")], "two.txt")], { to: "/letters" });
  await folder.createDirectory("/letters/old");
}

/** What a reader of the folder knows: everything that its read key derives, and no more. */
export async function readerOf(key: Uint8Array<ArrayBuffer>) {
  return deriveReaderKeys(provider, await exportReadKey(provider, key));
}

/** The whole log as the real server has it, and the place after each record. */
export async function logOf(api: FolderApi): Promise<{ records: Bytes[]; places: Position[] }> {
  const all = [...splitPage((await api.log(0)).records)].map((record) => record.slice());
  const places: Position[] = [];
  for (const bytes of all) {
    const record = decodeRecord(bytes);
    const before = places.at(-1);
    if (before !== undefined) places.push(await verifyRecord(provider, before, record));
    else if (record.kind === "genesis") places.push(await verifyGenesis(provider, record));
  }
  return { records: all, places };
}

/** What it came to: its error's code, or the problem that the state tells, or that all is well. Anything but a `KeyfoldError` fails the test. */
export async function outcome(opening: Promise<Folder>): Promise<ErrorCode | "well"> {
  try {
    return (await opening).state.problem?.code ?? "well";
  } catch (error) {
    if (!isKeyfoldError(error)) throw error;
    return error.code;
  }
}

/** As `outcome`, of anything. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | "well"> {
  try {
    await work;
    return "well";
  } catch (error) {
    if (!isKeyfoldError(error)) throw error;
    expect(error.message).not.toMatch(/nobody's business|one\.txt/);
    return error.code;
  }
}
