/** The JSON of shares (docs/protocol.md, "Shares"). */
import * as v from "valibot";
import { binary, Id } from "./schema.ts";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A share as its owners see it. */
export const OwnedShare = v.object({
  share: Id,
  state: v.picklist(["live", "expired"]),
  version: Count,
  /** The last record that the manifest was made from. */
  seq: Count,
  /** Unix seconds; 0: never. */
  expires: Count,
  /** Downloads that are given; 0: any number. */
  limit: Count,
  /** Downloads that were taken. */
  downloads: Count,
  /** The stretched passphrase, sealed for owners; absent where there is none. */
  kept: v.optional(binary(60)),
});
export type OwnedShare = v.InferOutput<typeof OwnedShare>;

export const OwnedShares = v.object({ shares: v.array(OwnedShare) });
export type OwnedShares = v.InferOutput<typeof OwnedShares>;

export const Published = v.object({ share: Id, version: Count });
export type Published = v.InferOutput<typeof Published>;

/** What whoever has a link may know before the passphrase. */
export const ShareStanding = v.object({
  share: Id,
  passphrase: v.boolean(),
  version: Count,
  expires: Count,
  /** Downloads that are left; absent where there is no limit. */
  left: v.optional(Count),
});
export type ShareStanding = v.InferOutput<typeof ShareStanding>;

/** `take` is drawn by whoever downloads: the same again is the same download, for a day. */
export const TakeDownload = v.object({ take: Id });
export type TakeDownload = v.InferOutput<typeof TakeDownload>;

const Token = v.pipe(v.string(), v.maxLength(2048), v.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/));

/** A token that reads the share's blobs; `expires` in Unix seconds. */
export const ShareSession = v.object({ token: Token, expires: Count });
export type ShareSession = v.InferOutput<typeof ShareSession>;
