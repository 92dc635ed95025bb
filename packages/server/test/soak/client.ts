/** A device that goes on until what it has to say is in the log, whatever happens to its requests. */
import { decodeRecord, joinPage, splitPage, toHex, type Bytes } from "@keyfold/core/protocol";
import { sendBy, type Send } from "../send.ts";
import { hashOf, Owner } from "../owner.ts";
import { origin, type ServerProcess } from "./processes.ts";

/** How long an answer is waited for, milliseconds: a server that was stopped gives none. */
const patience = 4_000;

/** Sends to one of the servers, to another one where that fails. */
export function sendTo(servers: readonly ServerProcess[], first: number): Send {
  let current = first;
  return sendBy(async (url, init) => {
    for (let attempt = 0; ; attempt++) {
      const { port } = servers[current % servers.length]!.line;
      try {
        const answer = await fetch(url.replace(origin, `http://127.0.0.1:${port}/keyfold`), {
          ...init,
          signal: AbortSignal.timeout(patience),
        });
        const bytes = await answer.arrayBuffer();
        if (answer.status < 500)
          return new Response(answer.status === 204 ? null : bytes, { status: answer.status, headers: answer.headers });
      } catch {
        // cut, refused, or silent
      }
      current++;
      if (attempt > 500) throw new Error("No server answers.");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, origin);
}

/** Another device of the same owner, where he stands. */
export function deviceOf(owner: Owner, send: Send): Owner {
  const device = new Owner(send, origin, owner.keyring);
  device.position = owner.position;
  device.token = owner.token;
  return device;
}

/** Appends these bytes, once. Returns the seq that they have. */
export async function appendSurely(device: Owner, sealed: Bytes): Promise<number> {
  let turn: string | undefined;
  let { wire } = await device.entry({ sealed });
  for (;;) {
    const at = device.position.seq + 1;
    const headers = { "keyfold-at": String(at), ...(turn === undefined ? {} : { "keyfold-turn": turn }) };
    const answer = await device.call("POST", "/log", { headers, body: joinPage([wire]) });
    turn = answer.headers.get("keyfold-turn") ?? turn;
    if (answer.status === 200) {
      await device.follow(joinPage([wire]));
      return at;
    }
    if (answer.status === 401) await device.signIn();
    else if (answer.status !== 409) throw new Error(`append: ${answer.status} ${await answer.text()}`);
    else if (answer.headers.get("keyfold-code") === "conflict") {
      const page = new Uint8Array(await answer.arrayBuffer());
      const [first] = splitPage(page);
      await device.follow(page);
      // It was taken, and the answer lost.
      if (first !== undefined && toHex(first) === toHex(wire)) return at;
      ({ wire } = await device.entry({ sealed }));
    } else {
      // Somebody else's turn: the server says when to come again.
      const { retryAfter } = (await answer.json()) as { retryAfter: number };
      await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000));
    }
  }
}

/** Reads the log to its end, from where the device stands; gives the hashes of what entries seal, in their order. Throws where a record does not follow. */
export async function readOn(device: Owner): Promise<string[]> {
  const read: string[] = [];
  for (;;) {
    const answer = await device.call("GET", `/log?from=${device.position.seq + 1}`);
    if (answer.status === 401) {
      await device.signIn();
      continue;
    }
    if (answer.status !== 200) throw new Error(`read: ${answer.status}`);
    const page = new Uint8Array(await answer.arrayBuffer());
    if (page.length === 0) return read;
    await device.follow(page); // gapless: each record is signed over the head before it
    read.push(...sealedHashes(page));
  }
}

function sealedHashes(page: Bytes): string[] {
  return [...splitPage(page)].map((wire) => {
    const record = decodeRecord(wire);
    return record.kind === "entry" ? toHex(hashOf(record.sealed)) : record.kind;
  });
}
