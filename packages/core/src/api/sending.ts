/**
 * Large request bodies, sent (and parts of files read and sealed before) by workers that are replaced again and again.
 *
 * A browser holds a request's body until its collector comes by, and the collector knows nothing of how large it is: a page that sent 1 GiB in parts of
 * 4 MiB had grown by 1 to 2 GiB (Chromium 150), in itself for buffers, in the browser's process for Blobs, of which it has room for a few
 * GiB until requests fail. What a worker holds goes with the worker. So each sends a few parts and is then ended.
 *
 * @module
 */
import { isPlatformKey } from "../crypto/aes-gcm.ts";
import { runsInNode } from "../crypto/let-go.ts";
import { type HeldPart, type LargeRequest, Sender } from "./sender.ts";
import { NoWorker, type PartToSeal } from "./sender-message.ts";

/** The one that takes the next request. */
let current: Sender | undefined;
/** None could be started: it is not tried for each request again. */
let impossible = typeof Worker === "undefined" || runsInNode;
/** One was started once. Then what fails is the network or that one worker, and the next request has another: a server that is away serves no script either. */
let proven = false;
/** Workers send, and cannot seal: no WebCrypto there, or no way for a key to get there. */
let unfit = false;

/**
 * As `fetch`, for large bodies; the answer's body is small.
 *
 * Rejects with `NoWorker` where no worker can be started, or when one ended by itself: then nothing is known of the request, which is to be sent again
 * another way.
 */
export function sendApart(url: string, request: LargeRequest): Promise<Response> {
  return byWorker((sender) => sender.send(url, request));
}

/** Has a worker read and seal a part of a file. Rejects with `NoWorker` as above, and where keys are not the platform's; with `Unread`. */
export async function sealApart(part: PartToSeal, signal: AbortSignal): Promise<HeldPart> {
  if (unfit || !(part.content instanceof Blob) || !isPlatformKey(part.sealing.key)) throw new NoWorker("Not for a worker.");
  return byWorker((sender) => sender.seal(part, signal));
}

async function byWorker<T>(use: (sender: Sender) => Promise<T>): Promise<T> {
  if (impossible) throw new NoWorker("No worker.");
  if (current === undefined || current.spent) {
    const mine: Sender = new Sender({
      proven: () => (proven = true),
      unfit: () => (unfit = true),
      ended: () => {
        if (current === mine) current = undefined;
      },
    });
    current = mine;
  }
  try {
    return await use(current);
  } catch (error) {
    if (error instanceof NoWorker && !proven) impossible = true;
    throw error;
  }
}
