/**
 * One line for what went wrong. It names codes and route patterns; never an id, a key, a token, a body.
 *
 * @module
 */

import type { Refusal } from "./refusal.ts";

export interface LogLine {
  /** `request`: one for every request, where the host wants them. */
  readonly level: "error" | "refusal" | "request";
  readonly code: string;
  readonly status: number;
  readonly method: string;
  /** The pattern, not the path: `/v1/folders/:folder/log`. */
  readonly route: string;
  /** Name and code of the error behind it, and where it was thrown. */
  readonly cause?: string;
  /** The request's id: also in the answer's `X-Request-Id`, and in its problem document. */
  readonly request?: string;
  /** Milliseconds until the answer's headers. */
  readonly ms?: number;
}

/** What is written, from least to most. */
export type LogLevel = "none" | "error" | "refusal" | "request";

/** The names and codes along the chain of causes, and the innermost place in the code. Messages are left out: they may quote what was sent. */
export function describeCause(error: unknown): string | undefined {
  const names: string[] = [];
  let place = "";
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    names.push("code" in cause && typeof cause.code === "string" ? `${cause.name}(${cause.code})` : cause.name);
    place = /\n\s+at ([^\n]+)/.exec(cause.stack ?? "")?.[1] ?? place;
  }
  return names.length === 0 ? undefined : names.join(" < ") + (place === "" ? "" : ` at ${place}`);
}

export function logLine(refusal: Refusal, method: string, route: string, request?: string): LogLine {
  // Neither a full folder nor a server that is being ended is a failure.
  const level = refusal.status >= 500 && refusal.code !== "quota" && refusal.code !== "unavailable" ? "error" : "refusal";
  const cause = level === "error" ? describeCause(refusal.cause) : undefined;
  const rest = { ...(cause === undefined ? {} : { cause }), ...(request === undefined ? {} : { request }) };
  return { level, code: refusal.code, status: refusal.status, method, route, ...rest };
}

const levels = ["none", "error", "refusal", "request"] as const satisfies readonly LogLevel[];

/** Writes the lines of this level and those before it, as JSON with their time. */
export function logWriter(level: LogLevel, write: (text: string) => void): (line: LogLine) => void {
  const most = levels.indexOf(level);
  return (line) => {
    if (levels.indexOf(line.level) <= most) write(`${JSON.stringify({ time: new Date().toISOString(), keyfold: line })}\n`);
  };
}

/** Failures, a JSON line each, on standard error. What a client did wrong is not a failure. */
export const logToStandardError = logWriter("error", (text) => void process.stderr.write(text));
