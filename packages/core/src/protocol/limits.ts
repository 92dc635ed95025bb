/**
 * Numbers that client and server agree on. Those that a server may set lower for itself (`quota`, `maxFileSize`) are told by `GET /v1`.
 *
 * @module
 */

import { largestPartCount, partSize } from "./geometry.ts";

/** The protocol's version, in `GET /v1` and in every path. */
export const protocolVersion = 1;

/** Sealed bytes of one log entry, at most (format, section 4). */
export const entrySize = 256 * 1024;
/** Ids in an entry's clear part, the three lists together. */
export const clearIds = 1000;
/** Bytes of a page of records, at most. */
export const pageSize = 4 * 1024 * 1024;
/** Bytes of the records that a 409 `conflict` carries, at most (one record goes even where it alone is larger). */
export const conflictPageSize = 1024 * 1024;

/** Bytes of parts in one bundle, their headers not counted. */
export const bundleSize = 4 * 1024 * 1024;
export const bundleParts = 256;
/** Blobs that one request creates or discards. */
export const blobsPerRequest = 90;

/** Sealed bytes of one blob, at most: 1 TiB. */
export const largestSealedSize = largestPartCount * partSize;
/** Sealed bytes a folder may hold unless the host says otherwise: 5 GiB. */
export const defaultQuota = 5 * 1024 ** 3;

/** Bytes of a share's sealed manifest. */
export const shareManifestSize = 4 * 1024 * 1024;
/** Blobs that a share lists, thumbnails among them. */
export const shareBlobs = 100_000;
/** Live shares of a folder. */
export const sharesPerFolder = 1000;
/** Wrong passphrases for one share from one address, and from all together, before it waits. */
export const shareGuesses = 10;
export const shareGuessesOfAll = 100;
/** Seconds for which a wrong passphrase counts. */
export const shareGuessSeconds = 600;
/** Hours for which a download that was taken may be gone on with. */
export const takeHours = 24;
/** Days for which the server remembers that a share ended. */
export const endedShareDays = 30;

/** Seconds in which a challenge must be answered. */
export const challengeSeconds = 120;
/** Seconds for which a session's token is good. */
export const sessionSeconds = 900;

/** Seconds that a meeting of two devices lasts. */
export const pairingSeconds = 120;
/** Meetings that a folder may have at a time. */
export const pairingsAtOnce = 8;

/** Seconds in which nobody else's append is taken. */
export const turnSeconds = 2;
/** Devices that may wait for a turn in one folder. */
export const turnsWaiting = 16;

/** Days after its last part that a blob which no entry added is given up. */
export const openDays = 7;
/** Days that a dropped blob is kept. */
export const droppedDays = 30;
/** Hours after which an open folder without an entry vanishes. */
export const unwrittenHours = 24;
