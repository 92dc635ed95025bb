/**
 * What the server answers when it does not do what was asked: a problem document, from one class.
 *
 * @module
 */

import { KeyfoldError, problems, problemType, type ProblemCode, type ProblemDocument } from "@keyfold/core/protocol";

export interface RefusalOptions {
  /** Members of the problem document besides the standing ones. */
  members?: Readonly<Record<string, unknown>>;
  detail?: string;
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** Thrown anywhere below a route; `app.ts` turns it into the answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ProblemCode;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: RefusalOptions = {}) {
    super(problems[code][1], options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = problems[code][0];
    this.members = options.members ?? {};
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }

  /** @param request The request's id, for the document. */
  toResponse(request?: string): Response {
    const body: ProblemDocument = {
      type: problemType(this.code),
      title: this.message,
      status: this.status,
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...this.members,
      ...(request === undefined ? {} : { request }),
    };
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...this.headers },
    });
  }
}

/** A refusal that says when to come back: whole seconds in `Retry-After`, exact ones in the document. */
export function refuseFor(seconds: number, code: "busy" | "turn" | "rate-limited" | "unavailable", options: RefusalOptions = {}): Refusal {
  return new Refusal(code, {
    ...options,
    members: { ...options.members, retryAfter: seconds },
    headers: { ...options.headers, "retry-after": String(Math.max(1, Math.ceil(seconds))) },
  });
}

/** The refusal that an error of the shared protocol code stands for; anything that is not one of its errors is `internal`. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof KeyfoldError) {
    switch (error.code) {
      case "malformed":
      case "session-refused":
        return new Refusal("malformed", { detail: error.message, cause: error });
      case "too-large":
        return new Refusal("too-large", { cause: error });
      case "tampered":
      case "wrong-folder":
        return new Refusal("bad-signature", { cause: error });
      case "storage-full":
        return new Refusal("storage-full", { cause: error });
      case "busy":
        return refuseFor(1, "busy", { cause: error });
      default:
        return new Refusal("internal", { cause: error });
    }
  }
  return new Refusal("internal", { cause: error });
}
