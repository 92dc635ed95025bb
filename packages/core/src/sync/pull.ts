/** Bringing the replica up to what the server has. */
import { wait } from "../api/backoff.ts";
import type { FolderApi } from "../api/client.ts";
import { toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Replica } from "./replica.ts";

export interface PullPort {
  readonly api: FolderApi;
  readonly replica: Replica;
  /** Heads that this device kept, hex by seq: where the server contradicts what was verified here, they tell where the two part. */
  readonly heads?: () => Promise<ReadonlyMap<number, string>>;
}

/**
 * Pulls page by page to the end, and judges it.
 *
 * Rejects as `Replica.take` and `Replica.finish` do. Where the server contradicts what was verified here, its log is read once more from the
 * beginning: `rolled-back` when it is the same chain, only shorter; `forked` when it is another one.
 */
export async function pull(port: PullPort, signal?: AbortSignal): Promise<void> {
  const { api, replica } = port;
  let looks = 0;
  for (;;) {
    const from = (replica.position?.seq ?? -1) + 1;
    const page = await api.log(from, { signal });
    const { position } = replica;
    // As long as what is known here, and another one: no record would tell.
    const differs = page.seq === position?.seq && page.head !== null && page.head !== toHex(position.head);
    if (page.seq < from - 1 || differs) {
      await contradicted(port, signal);
      // It has everything by now: another device gave it back in between.
      if (++looks < LOOKS) continue;
      throw new KeyfoldError("server-failed", "The server's answers contradict each other.", { reason: "answer" });
    }
    try {
      await replica.take(page.records);
    } catch (error) {
      const contradicts = isKeyfoldError(error, "tampered") && error.reason === "bad-signature" && from > 0;
      if (contradicts) await contradicted(port, signal, error);
      throw error;
    }
    const reached = replica.position?.seq ?? -1;
    if (reached >= page.seq) break;
    if (reached < from)
      throw new KeyfoldError("server-failed", "The server announces records and does not send them.", { reason: "answer" });
  }
  replica.finish();
}

/** Looks at a server that first shows less than is known here, and then everything. */
const LOOKS = 3;

/** Milliseconds before a server that shows less than it did is asked once more. */
const SECOND_LOOK = 1_000;

/** As `pull`; a server that shows less than this device has seen is asked twice: it may have been a copy that lags. */
export async function pullTwice(port: PullPort, signal?: AbortSignal): Promise<void> {
  try {
    await pull(port, signal);
  } catch (error) {
    if (!isKeyfoldError(error, "rolled-back")) throw error;
    await wait(SECOND_LOOK, signal);
    await pull(port, signal);
  }
}

/** Throws what the contradiction comes to, else `error`, where there is one; resolves where there is none any more. */
async function contradicted({ api, replica, heads }: PullPort, signal?: AbortSignal, error?: KeyfoldError): Promise<void> {
  try {
    await replica.compare(wholeLog(api, signal), (await heads?.()) ?? new Map());
  } catch (found) {
    const conclusive = isKeyfoldError(found, "forked") || isKeyfoldError(found, "rolled-back") || isKeyfoldError(found, "offline");
    throw conclusive || error === undefined ? found : error;
  }
  // The log holds all that we know, and yet the page did not fit: a server that changed its mind between two requests.
  if (error !== undefined) throw error;
}

export async function* wholeLog(api: FolderApi, signal?: AbortSignal): AsyncGenerator<Bytes> {
  for (let from = 0; ;) {
    const page = await api.log(from, { signal });
    yield page.records;
    from += page.count;
    if (page.count === 0 || page.records.length === 0 || from > page.seq) return;
  }
}
