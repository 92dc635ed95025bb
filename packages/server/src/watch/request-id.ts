/**
 * A name for a request, by which its log lines, its answer and what a proxy wrote are found together.
 *
 * @module
 */

import { randomUUID } from "node:crypto";

export const requestIdHeader = "x-request-id";

/** What a proxy has drawn, where it may stand in a log line: short, and of letters, digits, `-` and `_`. Else one of our own. */
export function requestIdOf(header: string | undefined): string {
  return header !== undefined && /^[A-Za-z0-9_-]{8,64}$/.test(header) ? header : randomUUID();
}
