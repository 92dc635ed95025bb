/**
 * The requests of docs/protocol.md, typed. `ServerApi` needs no token; `FolderApi` speaks for one folder and gets its tokens when it needs them.
 *
 * Every method rejects with a `KeyfoldError`: `offline`, `server-failed`, `rate-limited`, `busy`, `cancelled`, and what each one names.
 *
 * @module
 */
import { toBase64url, fromBase64url, toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, type KeyfoldError } from "../error.ts";
import { decodeReadBundle, encodeSentBundle } from "../protocol/bundle.ts";
import {
  Appended,
  BlobStanding,
  CreatedBlobs,
  CreatedFolder,
  Discovery,
  FolderState,
  HostFolders,
  KeyPlace,
  Rekeyed,
  SentBundle,
  Usage,
} from "../protocol/schema.ts";
import { integerHeader, unreadable, validJson } from "./answer.ts";
import { PART_TIMEOUT, SMALL_TIMEOUT, type Http, type HttpAnswer, type HttpRequest, type RequestOptions } from "./http.ts";
import { OwnerShares } from "./owner-shares.ts";
import { Refusal, retryAfterSeconds } from "./refusal.ts";
import type { HeldPart } from "./sender.ts";
import type { PartToSeal } from "./sender-message.ts";
import { Session } from "./session.ts";

const JSON_BODY = { "content-type": "application/json" };
const OCTETS = { "content-type": "application/octet-stream" };

/** What needs no token. */
export class ServerApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  async discover(options: RequestOptions = {}): Promise<Discovery> {
    return validJson(Discovery, (await this.#get("/v1", options)).body);
  }

  /** Where a key belongs. Rejects with `wrong-key` when it opens no folder here. */
  async findKey(keyId: string, options: RequestOptions = {}): Promise<KeyPlace> {
    return validJson(KeyPlace, (await this.#get(`/v1/keys/${keyId}`, options)).body);
  }

  /** Makes the folder of this genesis (one wire record); the same again is no fault. */
  async createFolder(genesis: Bytes, readKey: Bytes | null, options: RequestOptions = {}): Promise<CreatedFolder> {
    const body = { genesis: toBase64url(genesis), ...(readKey === null ? {} : { readKey: toBase64url(readKey) }) };
    const answer = await this.http.send({
      method: "POST",
      path: "/v1/folders",
      headers: JSON_BODY,
      body: JSON.stringify(body),
      idempotent: true,
      timeout: SMALL_TIMEOUT,
      ...options,
    });
    return validJson(CreatedFolder, answer.body);
  }

  /** Rejects with `not-found`. `readKey` is there while the folder is open; the caller decides whether to believe it. */
  async folder(folder: string, options: RequestOptions = {}): Promise<Omit<FolderState, "readKey"> & { readKey: Bytes | null }> {
    const { readKey, ...state } = validJson(FolderState, (await this.#get(`/v1/folders/${folder}`, options)).body);
    if (state.folder !== folder) throw unreadable(undefined);
    return { ...state, readKey: readKey === undefined ? null : fromBase64url(readKey, 32) };
  }

  /** The folders of whoever is signed in with the host. Rejects with `refused` where the host names nobody. */
  async hostFolders(options: RequestOptions = {}): Promise<HostFolders["folders"]> {
    return validJson(HostFolders, (await this.#get("/v1/folders", options)).body).folders;
  }

  /** Takes a folder out of that list; none is no fault. */
  async forgetHostFolder(folder: string, options: RequestOptions = {}): Promise<void> {
    await this.http.send({ method: "DELETE", path: `/v1/folders/${folder}/subject`, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
  }

  #get(path: string, options: RequestOptions): Promise<HttpAnswer> {
    return this.http.send({ method: "GET", path, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
  }
}

/** Records of the log, joined as the wire has them. */
export interface LogPage {
  readonly records: Bytes;
  readonly count: number;
  /** Where the folder stands on the server. */
  readonly epoch: number;
  readonly seq: number;
  /** Its head there, hex; null where it does not say. */
  readonly head: string | null;
}

export type AppendAnswer =
  | { readonly state: "taken"; readonly seq: number }
  /** Others were faster: the records from the place on (at most 1 MiB of them), and a place in the line. */
  | { readonly state: "conflict"; readonly records: Bytes; readonly count: number; readonly turn: string | null };

/** What needs a token. */
export class FolderApi {
  readonly folder: string;
  readonly session: Session;
  readonly shares: OwnerShares;
  readonly #http: Http;

  constructor(http: Http, folder: string) {
    this.folder = folder;
    this.#http = http;
    this.session = new Session(http, folder);
    this.shares = new OwnerShares((request) => this.#send(request));
  }

  // log

  /** Records from `from` on; one page. */
  async log(from: number, options: RequestOptions = {}): Promise<LogPage> {
    const answer = await this.#send({ method: "GET", path: `/log?from=${from}`, idempotent: true, timeout: PART_TIMEOUT, ...options });
    return {
      records: answer.body,
      count: integerHeader(answer.headers, "keyfold-count"),
      epoch: integerHeader(answer.headers, "keyfold-epoch"),
      seq: integerHeader(answer.headers, "keyfold-seq"),
      head: headIn(answer.headers),
    };
  }

  /** Offers one wire record for the place `seq`; `turn` is a ticket held, or one proposed (32 hex digits). `atOnce`: which dropped blobs are deleted at once (`chooseIn`). Rejects with `busy` in somebody else's turn, `conflict` (`blob-missing`, `blob-spent`). */
  append(
    seq: number,
    record: Bytes,
    turn: string | null,
    { atOnce, ...options }: RequestOptions & { readonly atOnce?: Bytes | undefined } = {},
  ): Promise<AppendAnswer> {
    const headers = atOnce === undefined ? {} : { "keyfold-delete": toBase64url(atOnce) };
    return this.#offer("/log", seq, record, turn, (body) => validJson(Appended, body).seq, options, headers);
  }

  /** Offers a rekey record for the place `seq`, and its first entry after it. Rejects with `locked-elsewhere` when another device was faster. */
  rekey(seq: number, records: Bytes, turn: string | null, options: RequestOptions = {}): Promise<AppendAnswer> {
    return this.#offer("/rekey", seq, records, turn, (body) => validJson(Rekeyed, body).seq, options);
  }

  async #offer(
    path: string,
    seq: number,
    body: Bytes,
    turn: string | null,
    seqOf: (body: Bytes) => number,
    options: RequestOptions,
    further: Readonly<Record<string, string>> = {},
  ): Promise<AppendAnswer> {
    const answer = await this.#send({
      method: "POST",
      path,
      headers: { ...OCTETS, ...further, "keyfold-at": String(seq), ...(turn === null ? {} : { "keyfold-turn": turn }) },
      body,
      // Sent again by the queue, which first looks for it in the log.
      idempotent: false,
      timeout: PART_TIMEOUT,
      accept: [409],
      ...options,
    });
    if (answer.status !== 409) return { state: "taken", seq: seqOf(answer.body) };
    return {
      state: "conflict",
      records: answer.body,
      count: integerHeader(answer.headers, "keyfold-count"),
      turn: answer.headers.get("keyfold-turn"),
    };
  }

  async usage(options: RequestOptions = {}): Promise<Usage> {
    return validJson(Usage, (await this.#get("/usage", options)).body);
  }

  /** Deletes the whole folder, for everybody. `head`: after the last record that was seen. Rejects with `conflict` when there are more, `gone`. */
  async deleteFolder(head: Bytes, options: RequestOptions = {}): Promise<void> {
    const headers = { "keyfold-head": toBase64url(head) };
    await this.#send({ method: "DELETE", path: "", headers, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
  }

  // blobs: sent once; transfers decide about waiting

  async createBlobs(blobs: readonly { readonly blob: string; readonly sealedSize: number }[], options: RequestOptions = {}) {
    return validJson(CreatedBlobs, (await this.#post("/blobs", { blobs }, options)).body).blobs;
  }

  /** As `Http.sealApart`. */
  sealApart(part: PartToSeal, signal: AbortSignal): Promise<HeldPart> {
    return this.#http.sealApart(part, signal);
  }

  async putPart(blob: string, index: number, bytes: Bytes | HeldPart, hash: Bytes, options: RequestOptions = {}): Promise<void> {
    await this.#send({
      method: "PUT",
      path: `/blobs/${blob}/parts/${index}`,
      headers: { ...OCTETS, "keyfold-hash": toBase64url(hash) },
      body: bytes,
      idempotent: true,
      timeout: PART_TIMEOUT,
      attempts: 1,
      ...options,
    });
  }

  /** Whether the server's store has a part that its database knows nothing of (a restored backup): then it does from now on. */
  async salvagePart(blob: string, index: number, options: RequestOptions = {}): Promise<boolean> {
    const path = `/blobs/${blob}/parts/${index}/salvage`;
    try {
      await this.#send({ method: "POST", path, idempotent: true, timeout: PART_TIMEOUT, attempts: 1, ...options });
      return true;
    } catch (error) {
      if (isKeyfoldError(error, "not-found")) return false;
      throw error;
    }
  }

  async putBundle(
    parts: readonly { readonly blob: string; readonly index: number; readonly hash: Bytes; readonly bytes: Bytes }[],
    options: RequestOptions & { readonly create?: boolean } = {},
  ) {
    const { create, ...rest } = options;
    const answer = await this.#send({
      method: "POST",
      path: "/parts",
      headers: create === true ? { ...OCTETS, "keyfold-create": "1" } : OCTETS,
      body: encodeSentBundle(parts),
      idempotent: true,
      timeout: PART_TIMEOUT,
      attempts: 1,
      ...rest,
    });
    return validJson(SentBundle, answer.body).parts;
  }

  async blobState(blob: string, options: RequestOptions = {}): Promise<BlobStanding> {
    return validJson(BlobStanding, (await this.#get(`/blobs/${blob}`, { attempts: 1, ...options })).body);
  }

  async hashes(blob: string, options: RequestOptions = {}): Promise<Bytes> {
    return (await this.#get(`/blobs/${blob}/hashes`, { attempts: 1, ...options })).body;
  }

  async getPart(blob: string, index: number, options: RequestOptions = {}): Promise<Bytes> {
    const path = `/blobs/${blob}/parts/${index}`;
    return (await this.#send({ method: "GET", path, idempotent: true, timeout: PART_TIMEOUT, attempts: 1, ...options })).body;
  }

  async readBundle(parts: readonly (readonly [blob: string, index: number])[], options: RequestOptions = {}) {
    const { body } = await this.#post("/parts/read", { parts }, options);
    try {
      return decodeReadBundle(body);
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  async discard(blobs: readonly string[], options: RequestOptions = {}): Promise<void> {
    await this.#post("/blobs/discard", { blobs }, options);
  }

  /** A request below the folder's path that has its own file (`pairing.ts`), with a token. */
  call(request: HttpRequest): Promise<HttpAnswer> {
    return this.#send(request);
  }

  #get(path: string, options: RequestOptions): Promise<HttpAnswer> {
    return this.#send({ method: "GET", path, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
  }

  #post(path: string, body: unknown, options: RequestOptions): Promise<HttpAnswer> {
    return this.#send({
      method: "POST",
      path,
      headers: JSON_BODY,
      body: JSON.stringify(body),
      idempotent: true,
      timeout: PART_TIMEOUT,
      attempts: 1,
      ...options,
    });
  }

  /** With a token; a token that is refused is replaced once. */
  async #send(request: HttpRequest): Promise<HttpAnswer> {
    const path = `/v1/folders/${this.folder}${request.path}`;
    for (let fresh = false; ; fresh = true) {
      const token = await this.session.token(request.signal);
      try {
        const answer = await this.#http.send({ ...request, path, headers: { ...request.headers, "keyfold-token": token } });
        // A problem document is not the answer that a caller of `accept` deals with: only `conflict` carries records.
        if (answer.status === 409 && answer.headers.get("keyfold-code") !== "conflict") throw problemIn(answer);
        return answer;
      } catch (error) {
        const refused = error instanceof Refusal && error.serverCode === "token-refused";
        if (!refused) throw error;
        this.session.refused(token);
        if (fresh) throw error;
      }
    }
  }
}

function headIn(headers: Headers): string | null {
  try {
    return toHex(fromBase64url(headers.get("keyfold-head") ?? "", 32));
  } catch {
    return null;
  }
}

function problemIn(answer: HttpAnswer): KeyfoldError {
  let problem: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    if (typeof value === "object" && value !== null) problem = { ...value };
  } catch {
    // The status decides.
  }
  const { status, headers } = answer;
  return new Refusal(status, problem, retryAfterSeconds(headers.get("retry-after")), headers.get("keyfold-turn"));
}
