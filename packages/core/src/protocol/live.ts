/**
 * What is said in a live room (docs/protocol.md, "Live"): JSON, a message a text frame.
 *
 * A room holds no truth. It passes on what it cannot read, and everything in it is checked against the log, which is pulled over HTTP.
 *
 * @module
 */

import * as v from "valibot";
import { binary, binaryUpTo, Id } from "./schema.ts";

/** Bytes of a frame, at most, in both directions. */
export const frameLimit = 2 ** 20;
/** Bytes of what a device says about itself, and of anything else that it says, sealed. */
export const presenceLimit = 3_072;
export const sayingLimit = 48 * 1_024;
/** Bytes of a record as evidence, without its sealed bytes. */
export const evidenceLimit = 3_072;
/** Receipts of one message. */
export const receiptLimit = 1_000;
/** Seconds in which a connection has to show its ticket. */
export const helloSeconds = 10;
/** Seconds between two pings of a client; a room drops whoever has said nothing for `silentSeconds`. */
export const pingSeconds = 25;
export const silentSeconds = 70;

/** Why a room closes a connection. */
export const liveClose = {
  /** A frame that is none of those below. */
  malformed: 4400,
  /** No ticket in time, or one that is forged, expired, of another room, or was used before: get another. */
  refused: 4401,
  /** A message that the ticket's scope does not allow. */
  notAllowed: 4403,
  /** Nothing was heard for `silentSeconds`, or nothing was read while the room wanted to send. */
  slow: 4408,
  /** The folder was rekeyed: pull the log, then come to the next epoch's room. */
  epochOver: 4409,
  /** The folder was deleted. */
  gone: 4410,
  /** Above `frameLimit`. */
  tooLarge: 4413,
  /** Too many messages: come back later. */
  tooFast: 4429,
  /** The room is full. */
  full: 4503,
} as const;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Of a connection, drawn by the room; says nothing about who it is. */
const peerId = v.pipe(v.string(), v.regex(/^[0-9a-f]{1,16}$/));
const sealedPresence = binaryUpTo(presenceLimit);
const head = v.object({ seq: count, evidence: binaryUpTo(evidenceLimit) });

/** Who speaks: `drop` may say how far its upload is, and hears receipts. */
export const LiveScope = v.picklist(["owner", "read", "drop"]);
export type LiveScope = v.InferOutput<typeof LiveScope>;

/** What the server's pokes are about: `log` has something new, as have the items of drops, or shares (one was taken, published or taken back). */
export const PokeAbout = v.picklist(["log", "items", "shares"]);
export type PokeAbout = v.InferOutput<typeof PokeAbout>;

const receipt = v.object({ item: Id, status: v.picklist([1, 2, 3]), mac: binary(32) });
export type LiveReceipt = v.InferOutput<typeof receipt>;

/** From a client to the room. The first is `hello`. */
export const LiveSaying = v.variant("type", [
  v.object({ type: v.literal("hello"), ticket: v.pipe(v.string(), v.maxLength(2_048)), presence: v.optional(sealedPresence) }),
  /** Who this device is, sealed; kept for those who come later. */
  v.object({ type: v.literal("presence"), sealed: sealedPresence }),
  /** Anything else between devices, sealed; passed on, and not kept. */
  v.object({ type: v.literal("say"), sealed: binaryUpTo(sayingLimit) }),
  /** A record's clear part and signatures, with its seq: what this device takes for the log's head. The last one is kept for those who come later. */
  v.object({ type: v.literal("head"), ...head.entries }),
  /** Of a drop: how many of its bytes and files are sent. */
  v.object({ type: v.literal("progress"), sent: count, size: count, files: count, arrived: count }),
  /** Of an owner, for the senders of a drop. */
  v.object({ type: v.literal("receipts"), drop: Id, receipts: v.pipe(v.array(receipt), v.minLength(1), v.maxLength(receiptLimit)) }),
  v.object({ type: v.literal("ping") }),
]);
export type LiveSaying = v.InferOutput<typeof LiveSaying>;

const peer = v.object({
  id: peerId,
  scope: LiveScope,
  /** Of a drop's sender. */
  drop: v.optional(Id),
  presence: v.optional(sealedPresence),
  head: v.optional(head),
});
export type LivePeer = v.InferOutput<typeof peer>;

/** From the room to a client. Whoever is there is told of another as a peer, once, before anything that comes from it. */
export const LiveHearing = v.variant("type", [
  v.object({ type: v.literal("welcome"), id: peerId, seq: v.optional(count), peers: v.array(peer) }),
  v.object({ type: v.literal("joined"), peer }),
  v.object({ type: v.literal("left"), from: peerId }),
  /** `seq`: the last one that the server told of. Several pokes may come as one. */
  v.object({ type: v.literal("poke"), about: v.array(PokeAbout), seq: v.optional(count) }),
  v.object({ type: v.literal("presence"), from: peerId, sealed: sealedPresence }),
  v.object({ type: v.literal("say"), from: peerId, sealed: binaryUpTo(sayingLimit) }),
  v.object({ type: v.literal("head"), from: peerId, ...head.entries }),
  v.object({ type: v.literal("progress"), from: peerId, sent: count, size: count, files: count, arrived: count }),
  v.object({ type: v.literal("receipts"), receipts: v.array(receipt) }),
  v.object({ type: v.literal("pong") }),
]);
export type LiveHearing = v.InferOutput<typeof LiveHearing>;

/** From the server to a room, as the JSON body of a POST to the room's own address, with `Authorization: Bearer <poke key>`. */
export const LiveNotice = v.variant("type", [
  v.object({ type: v.literal("poke"), about: PokeAbout, seq: v.optional(count) }),
  v.object({ type: v.literal("over"), why: v.picklist(["rekeyed", "deleted"]) }),
]);
export type LiveNotice = v.InferOutput<typeof LiveNotice>;

/** The answer to `POST /v1/folders/{folder}/live`; `null` where the server has no live rooms. */
export const LiveTicket = v.object({
  live: v.nullable(
    v.object({
      ticket: v.string(),
      /** Unix seconds; a room takes the ticket until then, and once. */
      expires: count,
      /** Base URL (https or http) below which `/parties/main/{room}` is; without it, the server's own. */
      url: v.optional(v.string()),
    }),
  ),
});
export type LiveTicket = v.InferOutput<typeof LiveTicket>;

/** The name of a folder's room in an epoch. */
export function liveRoomName(folder: string, epoch: number): string {
  return `${folder}-${epoch}`;
}

const roomName = /^([0-9a-f]{32})-(0|[1-9]\d{0,9})$/;

/** Folder and epoch of a room; undefined for what is no room's name. */
export function readLiveRoomName(name: string): { readonly folder: string; readonly epoch: number } | undefined {
  const [, folder, epoch] = roomName.exec(name) ?? [];
  if (folder === undefined || Number(epoch) > 0xffffffff) return undefined;
  return { folder, epoch: Number(epoch) };
}
