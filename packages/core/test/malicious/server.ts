/**
 * A server that lies: the real one, and in front of it somebody who reads every request and rewrites what he likes.
 *
 * Rules are named by what is asked, ids left out: `GET /log`, `GET /blobs/*\/parts/*`, `GET /keys/*`, `POST /session`, and `GET /` for the folder itself.
 * Whatever the rules do, `expectNoLeak` holds every request of the test against the secrets that were told.
 *
 * @module
 */
import { expect } from "vitest";
import { Scanner } from "../../../../test/scanner.ts";
import { splitPage, joinPage } from "../../src/protocol/record.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { localServer, type LocalServer } from "../local-server.ts";
import { secretsOf } from "./secrets.ts";

/** A request as the attacker sees it. */
export interface Asked {
  /** `GET /log` */
  readonly what: string;
  readonly url: URL;
  /** Ids in the path, in their order: key, or folder and blob. */
  readonly ids: readonly string[];
  readonly headers: Headers;
  readonly body: Bytes;
}

/** An answer, to be rewritten. */
export interface Answered {
  status: number;
  readonly headers: Headers;
  body: Bytes;
}

/** Changes the answer, or gives another in its place. */
export type Rule = (answer: Answered, asked: Asked) => void | Response | Promise<void | Response>;
/** Instead of asking the real server. Undefined: ask it. */
export type Instead = (asked: Asked) => Response | undefined | Promise<Response | undefined>;

export class MaliciousServer {
  readonly real: LocalServer;
  /** Every request so far. */
  readonly seen: Asked[] = [];
  readonly #rules = new Map<string, Rule[]>();
  readonly #instead = new Map<string, Instead>();
  readonly #scanner = new Scanner();

  private constructor(real: LocalServer) {
    this.real = real;
  }

  static async start(): Promise<MaliciousServer> {
    return new MaliciousServer(await localServer());
  }

  get url(): string {
    return this.real.url;
  }

  /** From now on answers to this are rewritten so; several rules act one after the other. */
  rewrite(what: string, rule: Rule): void {
    this.#rules.set(what, [...(this.#rules.get(what) ?? []), rule]);
  }

  /** From now on this is answered so, and the real server not asked. */
  answer(what: string, instead: Instead): void {
    this.#instead.set(what, instead);
  }

  /** Honest again. */
  repent(): void {
    this.#rules.clear();
    this.#instead.clear();
  }

  /** What never may leave the client; its derived keys neither, where it is a root key. */
  secret(name: string, value: Uint8Array | string): void {
    if (value instanceof Uint8Array && value.length === 64) {
      for (const [label, key] of secretsOf(value)) this.#scanner.add(`${name}: ${label}`, key);
    } else this.#scanner.add(name, value);
  }

  /** Nothing that was told as secret left, and nothing went anywhere else than to the server. Forgets the requests. */
  expectNoLeak(): void {
    for (const { what, url, headers, body } of this.seen.splice(0)) {
      expect(`${url.origin}${url.pathname}`.startsWith(this.url), what).toBe(true);
      const sent = Buffer.concat([Buffer.from(`${url.href}\n${[...headers].join("\n")}\n`), body]);
      expect([what, this.#scanner.find(sent)]).toEqual([what, []]);
    }
  }

  /** How often this was asked. */
  count(what: string): number {
    return this.seen.filter((asked) => asked.what === what).length;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const request = new Request(input, init);
    const body = new Uint8Array(await request.arrayBuffer());
    const asked = { ...named(request.method, new URL(request.url)), headers: request.headers, body };
    this.seen.push(asked);
    const own = await this.#instead.get(asked.what)?.(asked);
    if (own !== undefined) return own;
    const rules = this.#rules.get(asked.what) ?? [];
    const response = await fetch(input, init);
    if (rules.length === 0) return response;
    const answer: Answered = {
      status: response.status,
      headers: new Headers(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    };
    for (const rule of rules) {
      const other = await rule(answer, asked);
      if (other !== undefined) return other;
    }
    return new Response(answer.status === 204 ? null : answer.body, { status: answer.status, headers: answer.headers });
  };

  async remove(): Promise<void> {
    await this.real.remove();
  }
}

function named(method: string, url: URL): Pick<Asked, "what" | "url" | "ids"> {
  const path = url.pathname.replace(/^.*\/v1/, "");
  const ids = path.match(/[0-9a-f]{32}/g) ?? [];
  const below = path.replace(/^\/folders\/[0-9a-f]{32}(?=\/|$)/, "").replaceAll(/\/([0-9a-f]{32}|\d+)(?=\/|$)/g, "/*");
  return { what: `${method} ${below === "" ? "/" : below}`, url, ids };
}

// what attackers do to answers

/** Changes the JSON of a good answer. */
export function json(change: (value: Record<string, unknown>, asked: Asked) => unknown): Rule {
  return (answer, asked) => {
    if (answer.status !== 200 && answer.status !== 201) return;
    answer.body = new TextEncoder().encode(
      JSON.stringify(change(JSON.parse(new TextDecoder().decode(answer.body)) as Record<string, unknown>, asked)),
    );
  };
}

/** Changes the records of a page of the log; `from` is the seq of the first. The count follows. */
export function records(change: (records: Bytes[], from: number) => readonly Bytes[]): Rule {
  return (answer, { url }) => {
    if (answer.status !== 200) return;
    const changed = change([...splitPage(answer.body)], Number(url.searchParams.get("from")));
    answer.body = joinPage(changed);
    answer.headers.set("keyfold-count", String(changed.length));
  };
}

/** Changes the bytes of a good answer. */
export function bytes(change: (bytes: Bytes, asked: Asked) => Bytes): Rule {
  return (answer, asked) => {
    if (answer.status === 200) answer.body = change(answer.body, asked);
  };
}

export function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

export function problem(status: number, code: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ type: `urn:keyfold:problem:${code}`, title: code, status, code, ...more });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
