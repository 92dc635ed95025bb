/** A folder's owner as far as a server can tell: keys, signatures, records. What is sealed is random bytes. */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  concat,
  decodeRecord,
  encodeClear,
  encodePublication,
  encodeRecord,
  entryAad,
  entryText,
  folderIdOf,
  genesisText,
  joinPage,
  rekeyText,
  sessionText,
  sha256,
  shareText,
  splitPage,
  toBase64url,
  toHex,
  verifyGenesis,
  verifyRecord,
  webVerifier,
  type Bytes,
  type Challenge,
  type LogRecord,
  type Mode,
  type Position,
  type Scope,
  type SharePublication,
} from "@keyfold/core/protocol";
import type { Send } from "./send.ts";

const verifier = webVerifier();

export function bytesOf(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}

export function newId(): string {
  return toHex(bytesOf(16));
}

export function hashOf(bytes: Uint8Array): Bytes {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

interface Signer {
  readonly key: KeyObject;
  readonly publicKey: Bytes;
}

function signer(): Signer {
  const seed = randomBytes(32);
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return { key, publicKey: new Uint8Array(spki.subarray(-32)) };
}

function signed({ key }: Signer, text: Uint8Array): Bytes {
  return new Uint8Array(sign(null, text, key));
}

export interface Keyring {
  readonly log: Signer;
  readonly auth: Signer;
  readonly readAuth: Signer;
  readonly keys: Bytes;
}

export function newKeyring(): Keyring {
  const [log, auth, readAuth] = [signer(), signer(), signer()];
  return { log, auth, readAuth, keys: concat(log.publicKey, auth.publicKey, bytesOf(32), readAuth.publicKey) };
}

export interface Lists {
  readonly added?: readonly string[];
  readonly dropped?: readonly string[];
  readonly sealed?: Bytes;
}

export class Owner {
  keyring: Keyring;
  position!: Position;
  token = "";
  readonly readKey = bytesOf(32);
  readonly #send: Send;
  readonly #server: string;

  constructor(send: Send, server: string, keyring: Keyring = newKeyring()) {
    this.#send = send;
    this.#server = server;
    this.keyring = keyring;
  }

  get folder(): string {
    return this.position.folderId;
  }
  get path(): string {
    return `/v1/folders/${this.folder}`;
  }

  async genesis(mode: Mode = 0): Promise<Bytes> {
    const { keys, log } = this.keyring;
    const id = await folderIdOf(verifier, mode, keys);
    return encodeRecord({ kind: "genesis", mode, keys, signature: signed(log, genesisText(id, mode, keys)) });
  }

  async create(mode: Mode = 0): Promise<Response> {
    const genesis = await this.genesis(mode);
    const record = decodeRecord(genesis);
    if (record.kind !== "genesis") throw new Error("no genesis");
    this.position = await verifyGenesis(verifier, record);
    return this.#send("POST", "/v1/folders", {
      body: { genesis: toBase64url(joinPage([genesis])), ...(mode === 0 ? { readKey: toBase64url(this.readKey) } : {}) },
    });
  }

  async challenge(scope: Scope = "owner"): Promise<Challenge> {
    const response = await this.#send("POST", `${this.path}/challenge`, { body: { server: this.#server, scope } });
    if (!response.ok) throw new Error(`challenge: ${response.status} ${await response.text()}`);
    return (await response.json()) as Challenge;
  }

  answer(challenge: Challenge, keyring = this.keyring): object {
    const { folder: _, ...rest } = challenge;
    const signature = signed(challenge.scope === "owner" ? keyring.auth : keyring.readAuth, sessionText(challenge));
    return { ...rest, signature: toBase64url(signature) };
  }

  async signIn(scope: Scope = "owner"): Promise<string> {
    const response = await this.#send("POST", `${this.path}/session`, { body: this.answer(await this.challenge(scope)) });
    if (!response.ok) throw new Error(`session: ${response.status} ${await response.text()}`);
    this.token = ((await response.json()) as { token: string }).token;
    return this.token;
  }

  /** With this owner's token, below the folder's path. */
  call(method: string, path: string, init: Parameters<Send>[2] = {}): Promise<Response> {
    return this.#send(method, this.path + path, { ...init, headers: { "keyfold-token": this.token, ...init.headers } });
  }

  async entry(lists: Lists = {}, from = this.position, keyring = this.keyring): Promise<{ wire: Bytes; next: Position }> {
    const clear = encodeClear({ added: lists.added ?? [], dropped: lists.dropped ?? [], consumed: [] });
    const sealed = lists.sealed ?? bytesOf(1052);
    const text = entryText(entryAad(from, await sha256(clear)), await sha256(sealed));
    const record: LogRecord = { kind: "entry", clear, sealed, signature: signed(keyring.log, text) };
    return { wire: encodeRecord(record), next: await verifyRecord(verifier, from, record) };
  }

  /** Appends where this owner stands; follows when it was taken. */
  async append(lists: Lists = {}, headers: Record<string, string> = {}): Promise<Response> {
    const at = String(this.position.seq + 1);
    const { wire, next } = await this.entry(lists);
    const response = await this.call("POST", "/log", { headers: { "keyfold-at": at, ...headers }, body: joinPage([wire]) });
    if (response.ok) this.position = next;
    return response;
  }

  async rekeyBody(lists: Lists = {}, keyring = newKeyring()): Promise<{ body: Bytes; next: Position; keyring: Keyring }> {
    const [from, old] = [this.position, this.keyring];
    const text = rekeyText(from, keyring.keys);
    const record: LogRecord = {
      kind: "rekey",
      keys: keyring.keys,
      oldSignature: signed(old.log, text),
      newSignature: signed(keyring.log, text),
    };
    const middle = await verifyRecord(verifier, from, record);
    const { wire, next } = await this.entry(lists, middle, keyring);
    return { body: joinPage([encodeRecord(record), wire]), next, keyring };
  }

  async rekey(lists: Lists = {}): Promise<Response> {
    const at = String(this.position.seq + 1);
    const { body, next, keyring } = await this.rekeyBody(lists);
    const response = await this.call("POST", "/rekey", { headers: { "keyfold-at": at }, body });
    if (response.ok) {
      this.position = next;
      this.keyring = keyring;
    }
    return response;
  }

  /** Follows a page of records from where this owner stands. */
  async follow(page: Bytes): Promise<void> {
    for (const wire of splitPage(page)) this.position = await verifyRecord(verifier, this.position, decodeRecord(wire));
  }

  async put(blob: string, index: number, bytes: Bytes, hash = hashOf(bytes)): Promise<Response> {
    return this.call("PUT", `/blobs/${blob}/parts/${index}`, { headers: { "keyfold-hash": toBase64url(hash) }, body: bytes });
  }

  async createBlobs(...blobs: { blob: string; sealedSize: number }[]): Promise<Response> {
    return this.call("POST", "/blobs", { body: { blobs } });
  }

  /** A blob of one part, complete and open. */
  async upload(length = 1080): Promise<string> {
    const blob = newId();
    const created = await this.createBlobs({ blob, sealedSize: length });
    const put = await this.put(blob, 0, bytesOf(length));
    if (!created.ok || put.status !== 204) throw new Error(`upload: ${created.status} ${put.status}`);
    return blob;
  }

  /** A publication of a share, sealed from random bytes. */
  async publication(share: string, fields: Partial<SharePublication> = {}, keyring = this.keyring): Promise<Bytes> {
    const { version = 1, expires = 0, sealed = bytesOf(1052) } = fields;
    const text = await shareText(verifier, { folderId: this.folder, share, version, expires }, sealed);
    const rest = { limit: 0, seq: this.position.seq, tokenHash: bytesOf(32), kept: new Uint8Array(), blobs: [], ...fields };
    return encodePublication({ ...rest, version, expires, sealed, signature: fields.signature ?? signed(keyring.log, text) });
  }

  async publish(share: string, fields: Partial<SharePublication> = {}): Promise<Response> {
    return this.call("PUT", `/shares/${share}`, { body: await this.publication(share, fields) });
  }

  async stateOf(blob: string): Promise<string> {
    const response = await this.call("GET", `/blobs/${blob}`);
    return response.ok ? ((await response.json()) as { state: string }).state : String(response.status);
  }

  async used(): Promise<number> {
    const response = await this.call("GET", "/usage");
    return ((await response.json()) as { used: number }).used;
  }
}

/** A new folder, signed in. */
export async function newOwner(send: Send, server: string, mode: Mode = 0): Promise<Owner> {
  const owner = new Owner(send, server);
  const created = await owner.create(mode);
  if (created.status !== 201) throw new Error(`create: ${created.status} ${await created.text()}`);
  await owner.signIn();
  return owner;
}
