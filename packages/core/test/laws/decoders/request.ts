/** Laws of every request that there is: whatever a server answers, it ends with a value or a typed error. */
import { ok } from "node:assert/strict";
import * as fc from "fast-check";
import { FolderApi, ServerApi } from "../../../src/api/client.ts";
import type { RequestOptions } from "../../../src/api/http.ts";
import { OwnerShares } from "../../../src/api/owner-shares.ts";
import { GivenMeeting, TakenMeeting } from "../../../src/api/pairing.ts";
import { ShareApi } from "../../../src/api/share-api.ts";
import { toUtf8 } from "../../../src/crypto/encoding.ts";
import { encodeReadBundle } from "../../../src/protocol/bundle.ts";
import { problems } from "../../../src/protocol/problem.ts";
import { joinPage } from "../../../src/protocol/record.ts";
import { encodeServedManifest } from "../../../src/protocol/share.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged, damagedJson, jsonDamage } from "../mutation.ts";
import { answeringSignedIn } from "./answering.ts";
import { judged } from "./judged.ts";
import { examples } from "./schema.ts";
import { recordSeeds } from "./written.ts";

const id = idOf(1);
const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);

const readBundle = encodeReadBundle([{ blob: id, index: 0, bytes: bytes(50) }]);
const served = encodeServedManifest({
  folderId: id,
  signPub: bytes(32),
  version: 1,
  expires: 0,
  signature: bytes(64),
  sealed: bytes(1100),
});

type Http = ReturnType<typeof answeringSignedIn>;
/** One who asks, and what is a good answer to each request: JSON, bytes, or nothing. */
interface Asking<Api> {
  readonly made: (http: Http) => Api;
  readonly requests: Readonly<Record<string, readonly [answer: unknown, ask: (api: Api, options: RequestOptions) => Promise<unknown>]>>;
}

const asking = <Api>(made: Asking<Api>["made"], requests: Asking<Api>["requests"]): Asking<Api> => ({ made, requests });

export function folderOf(http: Http): FolderApi {
  const api = new FolderApi(http, id);
  api.session.use({ scope: "owner", epoch: 0, sign: () => Promise.resolve(bytes(64)) });
  return api;
}

const server = asking((http) => new ServerApi(http), {
  discover: [examples.Discovery, (api, options) => api.discover(options)],
  findKey: [examples.KeyPlace, (api, options) => api.findKey(id, options)],
  createFolder: [examples.CreatedFolder, (api, options) => api.createFolder(bytes(200), bytes(32), options)],
  folder: [examples.FolderState, (api, options) => api.folder(id, options)],
  hostFolders: [examples.HostFolders, (api, options) => api.hostFolders(options)],
  forgetHostFolder: [null, (api, options) => api.forgetHostFolder(id, options)],
});

const folder = asking(folderOf, {
  log: [
    recordSeeds,
    async (api, options) => {
      const page = await api.log(0, options);
      ok([page.count, page.epoch, page.seq].every((number) => Number.isSafeInteger(number) && number >= 0));
      ok(page.head === null || /^[0-9a-f]{64}$/.test(page.head));
    },
  ],
  append: [examples.Appended, (api, options) => api.append(1, bytes(50), null, { ...options, atOnce: bytes(1) })],
  rekey: [examples.Rekeyed, (api, options) => api.rekey(1, bytes(50), id, options)],
  usage: [examples.Usage, (api, options) => api.usage(options)],
  deleteFolder: [null, (api, options) => api.deleteFolder(bytes(32), options)],
  createBlobs: [examples.CreatedBlobs, (api, options) => api.createBlobs([{ blob: id, sealedSize: 1080 }], options)],
  putPart: [null, (api, options) => api.putPart(id, 0, bytes(50), bytes(32), options)],
  salvagePart: [null, (api, options) => api.salvagePart(id, 0, options)],
  putBundle: [
    examples.SentBundle,
    (api, options) => api.putBundle([{ blob: id, index: 0, hash: bytes(32), bytes: bytes(50) }], { ...options, create: true }),
  ],
  blobState: [examples.BlobStanding, (api, options) => api.blobState(id, options)],
  hashes: [bytes(64), (api, options) => api.hashes(id, options)],
  getPart: [bytes(50), (api, options) => api.getPart(id, 0, options)],
  readBundle: [readBundle, (api, options) => api.readBundle([[id, 0]], options)],
  discard: [null, (api, options) => api.discard([id], options)],
  call: [null, (api, options) => api.call({ method: "GET", path: "/x", idempotent: true, timeout: 1000, ...options })],
});

const owner = asking((http) => folderOf(http).shares, {
  list: [examples.OwnedShares, (api, options) => api.list(options)],
  publish: [
    examples.Published,
    (api, options) => {
      const sealed = { version: 1, expires: 0, sealed: bytes(1100), signature: bytes(64) };
      return api.publish(id, { ...sealed, limit: 0, seq: 1, tokenHash: bytes(32), kept: bytes(0), blobs: [id] }, options);
    },
  ],
  manifest: [served, (api, options) => api.manifest(id, options)],
  blobs: [bytes(32), (api, options) => api.blobs(id, options)],
  revoke: [null, (api, options) => api.revoke(id, options)],
});

const share = asking((http) => new ShareApi({ http, share: id, take: idOf(2) }), {
  standing: [examples.ShareStanding, (api, options) => api.standing(options)],
  manifest: [served, (api, options) => api.manifest(options)],
  take: [examples.ShareSession, (api, options) => api.take(options)],
  hashes: [bytes(64), (api, options) => api.hashes(id, options)],
  getPart: [bytes(50), (api, options) => api.getPart(id, 0, options)],
  readBundle: [readBundle, (api, options) => api.readBundle([[id, 0]], options)],
});

const given = asking((http) => new GivenMeeting(folderOf(http), id), {
  open: [examples.CreatedPairing, (api, options) => api.open(bytes(32), options)],
  look: [examples.PairingGiven, (api, options) => api.look(options)],
  reveal: [null, (api, options) => api.reveal(bytes(32), options)],
  handOver: [null, (api, options) => api.handOver(bytes(156), options)],
  cancel: [null, (api, options) => api.cancel(options)],
});

const taken = asking((http) => new TakenMeeting(http, id, bytes(32)), {
  answer: [null, (api, options) => api.answer(bytes(32), options)],
  look: [examples.PairingTaken, (api, options) => api.look(options)],
  confirm: [null, (api, options) => api.confirm(options)],
  done: [null, (api, options) => api.done(options)],
  cancel: [null, (api, options) => api.cancel(options)],
});

/** Each class of requests, and the names of those that have a law. */
export const asked: readonly (readonly [prototype: object, names: readonly string[]])[] = [
  [ServerApi.prototype, Object.keys(server.requests)],
  [FolderApi.prototype, Object.keys(folder.requests)],
  [OwnerShares.prototype, Object.keys(owner.requests)],
  [ShareApi.prototype, Object.keys(share.requests)],
  [GivenMeeting.prototype, Object.keys(given.requests)],
  [TakenMeeting.prototype, Object.keys(taken.requests)],
];

const number = fc.constantFrom("0", "1", "-1", "9007199254740992", "x", "");
const headers = fc.record(
  {
    "content-type": fc.constantFrom("application/problem+json", "application/json", "application/octet-stream", "text/html"),
    "keyfold-count": number,
    "keyfold-epoch": number,
    "keyfold-seq": number,
    "keyfold-head": fc.constantFrom("A".repeat(43), "A", "ü"),
    "keyfold-turn": fc.constantFrom(id, "", "x y"),
    "keyfold-code": fc.oneof(fc.constantFrom(...Object.keys(problems)), fc.constantFrom("__proto__", "toString", "")),
    "retry-after": fc.constantFrom("0", "Wed, 21 Oct 2026 07:28:00 GMT", "1e9", "ü"),
    "content-length": fc.constantFrom("5", "99999999999999", "-1", "x"),
  },
  { requiredKeys: [] },
);
const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.constantFrom(201, 206, 400, 401, 403, 404, 408, 409, 410, 413, 418, 422, 429, 500, 503, 507, 599) },
);

async function goodAnswer(answer: unknown): Promise<Uint8Array | string> {
  if (typeof answer === "function") return joinPage(await recordSeeds());
  if (answer instanceof Uint8Array) return answer;
  return answer === null ? "" : JSON.stringify(answer);
}

function lawsOf<Api>(whose: string, { made, requests }: Asking<Api>): Law[] {
  return Object.entries(requests).map(([name, [answer, ask]]) =>
    law(
      `answers to ${whose}.${name}()`,
      30,
      [jsonDamage, damage, fc.boolean(), status, headers],
      async (json, torn, isTorn, code, sent) => {
        const good = await goodAnswer(answer);
        const text = typeof good === "string" ? toUtf8(damagedJson(good, json).toWellFormed()) : good;
        const body = isTorn || typeof good !== "string" ? damaged(text, torn) : text.slice();
        const http = answeringSignedIn(() => new Response(body, { status: code, headers: latin1(sent) }));
        await judged(() => ask(made(http), { attempts: 1 }));
      },
    ),
  );
}

/** What no header can hold is none that could arrive. */
function latin1(sent: Readonly<Record<string, string | undefined>>): Headers {
  return new Headers(Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export const requestLaws: readonly Law[] = [
  ...lawsOf("ServerApi", server),
  ...lawsOf("FolderApi", folder),
  ...lawsOf("OwnerShares", owner),
  ...lawsOf("ShareApi", share),
  ...lawsOf("GivenMeeting", given),
  ...lawsOf("TakenMeeting", taken),
];
