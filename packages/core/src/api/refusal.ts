/** From an answer that is not a success to a `KeyfoldError`: the one table of server codes (docs/protocol.md, "Codes"). */
import { fromUtf8 } from "../crypto/encoding.ts";
import { KeyfoldError, type ErrorCode } from "../error.ts";
import { bodyOf, LARGEST_PROBLEM } from "./body.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  /** The same request may succeed when it is sent again. */
  readonly again?: true;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  malformed: { code: "malformed", message: "The server could not read the request." },
  "hash-mismatch": { code: "malformed", message: "A part was damaged on its way.", again: true },
  "part-size": { code: "malformed", message: "A part has not the size that its blob implies." },
  "token-refused": { code: "signed-out", message: "The session has ended. Sign in again." },
  "epoch-over": { code: "locked-elsewhere", message: "Another device locked this folder. Its new key is needed." },
  "challenge-refused": { code: "session-refused", message: "The server did not accept its own challenge. Try again." },
  "signature-refused": { code: "session-refused", message: "The server did not accept this key's signature." },
  "share-refused": { code: "wrong-passphrase", message: "This is not the link's passphrase." },
  "share-spent": { code: "limit-reached", message: "This link was downloaded as often as it may be." },
  "share-newer": { code: "conflict", message: "Another device published the link's newer content first." },
  "share-expired": { code: "expired", message: "This link has expired." },
  "wrong-server": { code: "session-refused", message: "The server is not configured under this address." },
  "read-only": { code: "read-only", message: "This device can read the folder and not change it." },
  "bad-signature": { code: "malformed", message: "The server refused a record's signature." },
  refused: { code: "refused", message: "The site does not allow this." },
  "not-found": { code: "not-found", message: "Not found on this server." },
  "unknown-key": { code: "wrong-key", message: "This key opens no folder here." },
  "part-damaged": { code: "tampered", message: "The server's copy of a part is damaged." },
  internal: { code: "server-failed", message: "The server failed. Try again.", again: true },
  quota: { code: "quota", message: "The folder has no room left." },
  "storage-full": { code: "storage-full", message: "The server's disk is full." },
  conflict: { code: "conflict", message: "Another device was faster." },
  turn: { code: "busy", message: "Another device has its turn.", again: true },
  "locked-elsewhere": { code: "locked-elsewhere", message: "Another device locked this folder. Its new key is needed." },
  "blob-differs": { code: "conflict", message: "The blob exists with another size." },
  "part-differs": { code: "conflict", message: "Another content was sent for this part before." },
  incomplete: { code: "conflict", message: "The blob is not complete." },
  gone: { code: "gone", message: "Deleted." },
  "pairing-taken": {
    code: "pairing-failed",
    message: "Another device has answered this code. Cancel it on the other device, and show a new one.",
  },
  "pairing-step": { code: "pairing-failed", message: "The two devices are at different steps. Show a new code." },
  "pairing-over": { code: "pairing-expired", message: "The code has expired. Show a new one." },
  "too-slow": { code: "offline", message: "The request did not reach the server in time.", again: true },
  "too-large": { code: "too-large", message: "Larger than the server takes." },
  "blob-missing": { code: "conflict", message: "A blob is not complete on the server." },
  "blob-spent": { code: "conflict", message: "A blob was added before." },
  "sealed-size": { code: "malformed", message: "No file has such a sealed size." },
  "rate-limited": { code: "rate-limited", message: "Too many requests. Wait a moment.", again: true },
  busy: { code: "busy", message: "The server is busy. Try again.", again: true },
  unavailable: { code: "server-failed", message: "The server is not available at the moment.", again: true },
};

/** Seconds that a server can ask for at most. Timers of more than 2^31 milliseconds would end at once. */
const LONGEST_WAIT = 3_600;

/** What an answer without a (known) problem document is taken for. */
function byStatus(status: number): string {
  if (status === 401) return "token-refused";
  if (status === 403) return "refused";
  if (status === 404) return "not-found";
  if (status === 408) return "too-slow";
  if (status === 409) return "conflict";
  if (status === 410) return "gone";
  if (status === 413) return "too-large";
  if (status === 429) return "rate-limited";
  if (status === 503) return "unavailable";
  if (status === 507) return "storage-full";
  return status >= 500 ? "internal" : "malformed";
}

/** A server's refusal: the error, the server's own code, the members of its problem document, and whether sending again makes sense. */
export class Refusal extends KeyfoldError {
  readonly serverCode: string;
  readonly again: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  /** A place in the line of those who append, to be sent back. */
  readonly turn: string | null;

  constructor(status: number, problem: Readonly<Record<string, unknown>>, retryAfter: number | undefined, turn: string | null = null) {
    const told = typeof problem["code"] === "string" ? problem["code"] : "";
    const serverCode = Object.hasOwn(MEANINGS, told) ? told : byStatus(status);
    const meaning = MEANINGS[serverCode] ?? { code: "server-failed", message: "The server failed." };
    // The document has fractions of a second where the header has whole ones.
    const exact = problem["retryAfter"];
    const asked = typeof exact === "number" && exact >= 0 ? exact : retryAfter;
    const seconds = asked === undefined ? undefined : Math.min(asked, LONGEST_WAIT);
    super(meaning.code, meaning.message, { status, reason: serverCode, ...(seconds === undefined ? {} : { retryAfter: seconds }) });
    this.serverCode = serverCode;
    this.again = meaning.again === true;
    this.details = problem;
    this.turn = turn;
  }
}

/** Reads a refusing answer's body and makes the error. Never throws itself. */
export async function refusalOf(response: Response): Promise<Refusal> {
  let problem: Record<string, unknown> = {};
  try {
    if (/[/+]json\b/.test(response.headers.get("content-type") ?? "")) {
      const body: unknown = JSON.parse(fromUtf8(await bodyOf(response, LARGEST_PROBLEM)));
      if (typeof body === "object" && body !== null) problem = { ...body };
    } else {
      await response.body?.cancel();
    }
  } catch {
    // A body that is not what it says changes nothing: the status decides.
  }
  const header = response.headers.get("keyfold-code");
  if (problem["code"] === undefined && header !== null) problem["code"] = header;
  const { headers } = response;
  return new Refusal(response.status, problem, retryAfterSeconds(headers.get("retry-after")), headers.get("keyfold-turn"));
}

/** `Retry-After` (RFC 9110, 10.2.3) in seconds; a date counts from now. Undefined when absent or senseless. */
export function retryAfterSeconds(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
