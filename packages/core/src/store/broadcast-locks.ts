/**
 * Names held by pages that have no Web Locks (http:// on a LAN): they ask one another over a `BroadcastChannel`.
 *
 * Who wants a name asks for it and has it when nobody objects for a while: a holder objects, and so does who asked too and drew the lower number. A
 * dead page objects to nothing. Nor does one that the browser has frozen: its name may be taken meanwhile, which costs it a key typed again or an upload
 * begun again, never content (a part is sent again only with the same hash).
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import { randomBytes } from "../crypto/random.ts";
import type { Liveness, Release } from "./held-name.ts";

/** Milliseconds in which a living page answers. */
const ANSWER = 250;

type Message =
  | { readonly type: "hello" | "here" }
  | { readonly type: "ask"; readonly name: string; readonly claim: string }
  | { readonly type: "objection"; readonly name: string; readonly claim: string }
  | { readonly type: "free"; readonly name: string };

/** What this page asks for: its number, and how it learns that it lost. */
interface Claim {
  readonly claim: string;
  lose(): void;
}

export function broadcastLocks(channel: Pick<BroadcastChannel, "postMessage" | "addEventListener">): Liveness {
  const held = new Set<string>();
  const claims = new Map<string, Claim>();
  const waiting = new Set<(name: string) => void>();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
  const say = (message: Message): void => channel.postMessage(message);

  /** Whether there is, or was, another page. Where there is none, nothing is waited for. */
  let others = false;
  const heard = Promise.withResolvers<void>();
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    others = true;
    heard.resolve();
    if (data.type === "hello") say({ type: "here" });
    else if (data.type === "free") for (const wake of waiting) wake(data.name);
    else if (data.type === "objection") {
      const mine = claims.get(data.name);
      if (mine?.claim === data.claim) mine.lose();
    } else if (data.type === "ask") {
      const mine = claims.get(data.name);
      if (held.has(data.name) || (mine !== undefined && mine.claim < data.claim))
        say({ type: "objection", name: data.name, claim: data.claim });
      else mine?.lose();
    }
  });
  say({ type: "hello" });
  const lookedAround = Promise.race([heard.promise, after(ANSWER)]);

  const claim = async (name: string): Promise<Release | null> => {
    await lookedAround;
    if (held.has(name) || claims.has(name)) return null;
    const lost = Promise.withResolvers<false>();
    const mine: Claim = { claim: toHex(randomBytes(16)), lose: () => lost.resolve(false) };
    claims.set(name, mine);
    say({ type: "ask", name, claim: mine.claim });
    const won = !others || (await Promise.race([lost.promise, after(ANSWER).then(() => true)]));
    claims.delete(name);
    if (!won) return null;
    held.add(name);
    return () => {
      if (!held.delete(name)) return;
      say({ type: "free", name });
      for (const wake of waiting) wake(name);
    };
  };

  /** Resolves when somebody lets go of the name, or may have died with it. */
  const freed = async (name: string, patience: number): Promise<void> => {
    const free = Promise.withResolvers<void>();
    const wake = (which: string): void => {
      if (which === name) free.resolve();
    };
    waiting.add(wake);
    await Promise.race([free.promise, after(patience)]);
    waiting.delete(wake);
  };

  const hold = async (name: string, patience = 0): Promise<Release | null> => {
    const until = performance.now() + patience;
    for (;;) {
      const release = await claim(name);
      const left = until - performance.now();
      if (release !== null || left <= 0) return release;
      await freed(name, Math.min(left, ANSWER));
    }
  };

  return {
    hold,
    async during(name, work) {
      const release = await hold(name, Number.POSITIVE_INFINITY);
      try {
        return await work();
      } finally {
        release?.();
      }
    },
  };
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
