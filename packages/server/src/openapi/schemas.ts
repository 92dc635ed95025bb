/**
 * The schemas that requests are checked by, as JSON Schema: one source for both.
 *
 * @module
 */

import {
  Appended,
  AuditPage,
  BlobStanding,
  Challenge,
  ChallengeRequest,
  CreateBlobs,
  CreatedBlobs,
  CreatedFolder,
  CreatedPairing,
  CreateFolder,
  CreatePairing,
  DiscardBlobs,
  Discovery,
  FolderState,
  HostFolders,
  KeyPlace,
  OwnedShares,
  PairingGiven,
  PairingKey,
  PairingNonce,
  PairingSealed,
  PairingTaken,
  ProblemDocument,
  Published,
  ReadBundle,
  Rekeyed,
  SentBundle,
  Session,
  SessionRequest,
  ShareSession,
  ShareStanding,
  TakeDownload,
  Usage,
} from "@keyfold/core/protocol";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

const Check = v.picklist(["ok", "failed", "slow"]);

export const schemas = {
  Appended,
  AuditPage,
  BlobStanding,
  BrandImages: v.object({ domain: v.string(), images: v.array(v.object({ path: v.string() })) }),
  Challenge,
  ChallengeRequest,
  CreateBlobs,
  CreatedBlobs,
  CreatedFolder,
  CreatedPairing,
  CreateFolder,
  CreatePairing,
  DiscardBlobs,
  Discovery,
  Document: v.looseObject({ openapi: v.literal("3.1.0") }),
  FolderState,
  HostFolders,
  Health: v.object({ alive: v.literal(true) }),
  KeyPlace,
  OwnedShares,
  PairingGiven,
  PairingKey,
  PairingNonce,
  PairingSealed,
  PairingTaken,
  Problem: ProblemDocument,
  Published,
  ReadBundle,
  Readiness: v.object({ ready: v.literal(true), database: Check, store: Check, ending: v.literal(false) }),
  Rekeyed,
  SentBundle,
  Session,
  SessionRequest,
  ShareSession,
  ShareStanding,
  TakeDownload,
  Usage,
} as const;

/** Throws for what JSON Schema cannot say. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...rest } = toJsonSchema(schema, {
        target: "draft-2020-12",
        // What a number in JSON can hold.
        overrideAction: ({ valibotAction, jsonSchema }) =>
          valibotAction.type === "safe_integer"
            ? { ...jsonSchema, type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
            : undefined,
      });
      return [name, rest];
    }),
  );
}
