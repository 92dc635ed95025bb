/** Pairing and shares: for a folder's owners, and for whoever has a code or a link. */
import { folderPath, ownedSharePath, sharedBlobPath, sharedPartPath, sharePath } from "../routes/paths.ts";
import type { Answer, Operation } from "./operation.ts";

const done: Readonly<Record<number, Answer>> = { 204: { summary: "Done." } };

const givenPath = `${folderPath}/pairings/:pairing{[0-9a-f]{32}}`;
const takenPath = "/v1/pairings/:pairing{[0-9a-f]{32}}";

/** A step that the device with the key takes. */
const giving = (step: string, summary: string, request?: Operation["request"]): Operation => ({
  method: "post",
  path: `${givenPath}/${step}`,
  tag: "Pairing",
  summary,
  token: "owner",
  ...(request === undefined ? {} : { request }),
  answers: done,
  codes: ["pairing-step", "pairing-over", "not-found"],
});

/** A step that the new device takes. */
const taking = (step: string, summary: string, request?: Operation["request"]): Operation => ({
  method: "post",
  path: `${takenPath}/${step}`,
  tag: "Pairing",
  summary,
  token: "pairing",
  ...(request === undefined ? {} : { request }),
  answers: done,
  codes: ["pairing-taken", "pairing-step", "pairing-over", "not-found"],
});

const pairing: readonly Operation[] = [
  {
    method: "post",
    path: `${folderPath}/pairings`,
    tag: "Pairing",
    summary: "Begins a meeting.",
    token: "owner",
    request: "CreatePairing",
    answers: { 201: { summary: "It waits.", body: "CreatedPairing" } },
    codes: ["pairing-step", "rate-limited"],
  },
  {
    method: "get",
    path: givenPath,
    tag: "Pairing",
    summary: "What the device with the key sees.",
    token: "owner",
    answers: { 200: { summary: "How far the meeting is.", body: "PairingGiven" } },
    codes: ["pairing-over", "not-found"],
  },
  giving("nonce", "Reveals N.", "PairingNonce"),
  giving("sealed", "Leaves the sealed key.", "PairingSealed"),
  giving("cancel", "Calls the meeting off."),
  {
    method: "get",
    path: takenPath,
    tag: "Pairing",
    summary: "What the new device sees.",
    token: "pairing",
    answers: { 200: { summary: "How far the meeting is.", body: "PairingTaken" } },
    codes: ["pairing-over", "not-found"],
  },
  taking("key", "Leaves its public key.", "PairingKey"),
  taking("confirm", "The person has compared the characters."),
  taking("done", "The key has arrived."),
  taking("cancel", "Calls the meeting off."),
];

const owned: readonly Operation[] = [
  {
    method: "get",
    path: `${folderPath}/shares`,
    tag: "Shares",
    summary: "The folder's shares.",
    token: "owner",
    answers: { 200: { summary: "Those of the present epoch.", body: "OwnedShares" } },
  },
  {
    method: "put",
    path: ownedSharePath,
    tag: "Shares",
    summary: "Publishes a version of a share.",
    token: "owner",
    request: "octets",
    answers: { 200: { summary: "It stands.", body: "Published" } },
    codes: ["bad-signature", "share-newer", "gone", "share-expired"],
  },
  {
    method: "delete",
    path: ownedSharePath,
    tag: "Shares",
    summary: "Takes a share back.",
    token: "owner",
    answers: done,
  },
  {
    method: "get",
    path: `${ownedSharePath}/manifest`,
    tag: "Shares",
    summary: "The manifest as it is served.",
    token: "owner",
    answers: { 200: { summary: "Sealed.", body: "octets" } },
    codes: ["gone"],
  },
  {
    method: "get",
    path: `${ownedSharePath}/blobs`,
    tag: "Shares",
    summary: "The blobs that any version listed, 16 bytes each.",
    token: "owner",
    answers: { 200: { summary: "Joined.", body: "octets" } },
    codes: ["gone"],
  },
];

const opened: readonly Operation[] = [
  {
    method: "get",
    path: sharePath,
    tag: "Shares",
    summary: "What a link may know before its passphrase.",
    answers: { 200: { summary: "Its terms.", body: "ShareStanding" } },
    codes: ["not-found", "gone", "share-expired"],
  },
  {
    method: "get",
    path: `${sharePath}/manifest`,
    tag: "Shares",
    summary: "The manifest.",
    token: "share",
    answers: { 200: { summary: "Sealed.", body: "octets" } },
  },
  {
    method: "post",
    path: `${sharePath}/downloads`,
    tag: "Shares",
    summary: "Takes a download.",
    token: "share",
    request: "TakeDownload",
    answers: { 200: { summary: "A token that reads the blobs.", body: "ShareSession" } },
    codes: ["share-spent"],
  },
  {
    method: "get",
    path: `${sharedBlobPath}/hashes`,
    tag: "Shares",
    summary: "The hashes of a blob's parts.",
    token: "download",
    answers: { 200: { summary: "Joined.", body: "octets" } },
    codes: ["incomplete"],
  },
  {
    method: "get",
    path: sharedPartPath,
    tag: "Shares",
    summary: "Reads a part.",
    token: "download",
    answers: { 200: { summary: "Its bytes.", body: "octets" } },
    codes: ["part-damaged"],
  },
  {
    method: "post",
    path: `${sharePath}/parts/read`,
    tag: "Shares",
    summary: "Reads a bundle of parts.",
    token: "download",
    request: "ReadBundle",
    answers: { 200: { summary: "What fits into 4 MiB, one at least.", body: "octets" } },
  },
];

export const meetingOperations: readonly Operation[] = [...pairing, ...owned, ...opened];
