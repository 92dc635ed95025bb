/**
 * What is told about one route, to be made into a piece of the OpenAPI document.
 *
 * @module
 */

import type { ProblemCode } from "@keyfold/core/protocol";
import type { schemas } from "./schemas.ts";
import type { answerHeaders, queries, requestHeaders } from "./headers.ts";

export type SchemaName = keyof typeof schemas;

export interface Operation {
  readonly method: "get" | "post" | "put" | "delete";
  /** The pattern that the route is registered under. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /**
   * What `Keyfold-Token` holds: a session that may write, or read; the token of a share's download; of a pairing's code. `share`: the token of a link, in
   * `Keyfold-Share`. `metrics`: a bearer.
   */
  readonly token?: "owner" | "read" | "download" | "pairing" | "share" | "metrics";
  /** JSON by a schema, or bytes. */
  readonly request?: SchemaName | "octets";
  readonly headers?: readonly (keyof typeof requestHeaders)[];
  readonly query?: readonly (keyof typeof queries)[];
  readonly answers: Readonly<Record<number, Answer>>;
  /** Of the routes' own; what its token, its body and the host's rule may lead to is added. */
  readonly codes?: readonly ProblemCode[];
}

export interface Answer {
  readonly summary: string;
  readonly body?: SchemaName | "octets" | "picture" | "text";
  readonly headers?: readonly (keyof typeof answerHeaders)[];
}
