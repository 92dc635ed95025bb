/**
 * One line for what went wrong. It names codes and route patterns; never an id, a key, a token, a body.
 *
 * @module
 */

import type { Refusal } from "./refusal.ts";

export interface LogLine {
  readonly level: "error" | "refusal";
  readonly code: string;
  readonly status: number;
  readonly method: string;
  /** The pattern, not the path: `/v1/folders/:folder/log`. */
  readonly route: string;
  /** Name and code of the error behind it, and where it was thrown. */
  readonly cause?: string;
}

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

export function logLine(refusal: Refusal, method: string, route: string): LogLine {
  const level = refusal.status >= 500 && refusal.code !== "quota" ? "error" : "refusal";
  const cause = level === "error" ? describeCause(refusal.cause) : undefined;
  return { level, code: refusal.code, status: refusal.status, method, route, ...(cause === undefined ? {} : { cause }) };
}

/** Failures, a JSON line each, on standard error. What a client did wrong is not a failure. */
export function logToStandardError(line: LogLine): void {
  if (line.level === "error") process.stderr.write(`${JSON.stringify({ keyfold: line })}\n`);
}
