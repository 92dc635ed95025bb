/**
 * `@keyfold/core/protocol`: what a server, or a client in another language's bindings, needs to speak Keyfold. Nothing here can decrypt.
 *
 * @module
 */

export * from "../error.ts";
export * from "../crypto/encoding.ts";
export { sha256, verifyEd25519, webVerifier } from "../crypto/verify.ts";
export type { Bytes, Verifier } from "../crypto/provider.ts";
export * from "./audit-schema.ts";
export * from "./bundle.ts";
export * from "./geometry.ts";
export * from "./limits.ts";
export * from "./problem.ts";
export * from "./record.ts";
export * from "./schema.ts";
export * from "./session-text.ts";
export * from "./share.ts";
export * from "./share-schema.ts";
