/**
 * What errors of a database across the network have in common.
 *
 * A lost connection is `busy`: the batch is repeated. It may have been committed before its answer was lost; batches are guarded by what was read, so that
 * the second time finds that out and changes nothing (`database.ts`).
 *
 * @module
 */

const lost = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"];

/** Whether an error's `code` is one of these. */
export function hasCode(error: unknown, ...codes: readonly (string | RegExp)[]): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  const { code } = error;
  return codes.some((wanted) => (typeof wanted === "string" ? wanted === code : wanted.test(code)));
}

export function isLostConnection(error: unknown): boolean {
  // Of several addresses of a host none answered.
  if (error instanceof AggregateError) return error.errors.some((one) => isLostConnection(one));
  return hasCode(error, ...lost);
}
