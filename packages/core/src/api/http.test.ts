import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { problems } from "../protocol/problem.ts";
import { backoffDelay } from "./backoff.ts";
import { baseUrl } from "./base-url.ts";
import { Http, type HttpRequest } from "./http.ts";
import { Refusal, retryAfterSeconds } from "./refusal.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serving(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void): Promise<string> {
  let count = 0;
  const started = createServer((request, response) => answer(request, response, ++count));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

function problem(response: ServerResponse, status: number, code: string, more: Record<string, unknown> = {}): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: `urn:${code}`, title: code, status, code, ...more }));
}

const get: HttpRequest = { method: "GET", path: "/x", idempotent: true, timeout: 5_000 };
const fast = { base: 1, cap: 2 };

async function failure(work: Promise<unknown>): Promise<KeyfoldError> {
  const error: unknown = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!isKeyfoldError(error)) throw error;
  return error;
}

describe("a request", () => {
  test("that may be repeated is repeated after 503 and after a cut connection, with the same headers", async () => {
    const seen: (string | undefined)[] = [];
    const url = await serving((request, response, count) => {
      seen.push(request.headers["x-host"] as string);
      if (count === 1) problem(response, 503, "unavailable");
      else if (count === 2) request.socket.destroy();
      else response.end("good");
    });
    const http = new Http({ server: url, headers: async () => ({ "x-host": "login" }), backoff: fast });
    const answer = await http.send(get);
    expect(new TextDecoder().decode(answer.body)).toBe("good");
    expect(seen).toEqual(["login", "login", "login"]);
  });

  test("that may not be repeated is sent once", async () => {
    let sent = 0;
    const url = await serving((_request, response, count) => {
      sent = count;
      problem(response, 503, "unavailable");
    });
    const error = await failure(new Http({ server: url, backoff: fast }).send({ ...get, method: "POST", idempotent: false }));
    expect(error.code).toBe("server-failed");
    expect(sent).toBe(1);
  });

  test("is not repeated where repeating changes nothing", async () => {
    let sent = 0;
    const url = await serving((_request, response, count) => {
      sent = count;
      problem(response, 507, "quota", { used: 1, quota: 2 });
    });
    const error = await failure(new Http({ server: url, backoff: fast }).send(get));
    expect(error).toMatchObject({ code: "quota", status: 507 });
    expect((error as Refusal).details).toMatchObject({ used: 1, quota: 2 });
    expect(sent).toBe(1);
  });

  test("tells a server that is not there from one that failed", async () => {
    const reached: boolean[] = [];
    const url = await serving((_request, response) => {
      response.writeHead(500, { "content-type": "text/html" });
      response.end("<h1>Oops</h1>");
    });
    const send = (server: string) => {
      const http = new Http({ server, backoff: fast });
      http.onReached = (is) => reached.push(is);
      return failure(http.send({ ...get, attempts: 1 }));
    };
    expect((await send(url)).code).toBe("server-failed");
    const nobody = await send("http://127.0.0.1:9");
    expect(nobody).toMatchObject({ code: "offline", reason: "network" });
    expect(reached).toEqual([true, false]);
  });

  test("gives up after its time, and when it is cancelled, and says which", async () => {
    let arrived = (): void => undefined;
    const there = new Promise<void>((resolve) => (arrived = resolve));
    const url = await serving(() => arrived());
    const http = new Http({ server: url, backoff: fast });
    expect(await failure(http.send({ ...get, timeout: 20, attempts: 1 }))).toMatchObject({ code: "offline", reason: "timeout" });
    const controller = new AbortController();
    const cancelled = failure(http.send({ ...get, signal: controller.signal }));
    await there;
    controller.abort();
    expect((await cancelled).code).toBe("cancelled");
  });

  test("leaves a long Retry-After to the caller", async () => {
    let sent = 0;
    const url = await serving((_request, response, count) => {
      sent = count;
      response.writeHead(429, { "retry-after": "60" });
      response.end();
    });
    const error = await failure(new Http({ server: url, backoff: fast }).send(get));
    expect(error).toMatchObject({ code: "rate-limited", retryAfter: 60 });
    expect(sent).toBe(1);
  });
});

describe("a refusal", () => {
  test("has a meaning for every code of the protocol, at its status", () => {
    for (const [code, [status]] of Object.entries(problems)) {
      const refusal = new Refusal(status, { code }, undefined);
      expect(refusal.serverCode).toBe(code);
      expect(refusal.reason).toBe(code);
      expect(refusal.message.length).toBeGreaterThan(5);
    }
  });

  test("with a code that is not known is judged by its status", () => {
    expect(new Refusal(401, { code: "from-the-future" }, undefined).code).toBe("signed-out");
    expect(new Refusal(503, {}, 3)).toMatchObject({ code: "server-failed", again: true, retryAfter: 3 });
    expect(new Refusal(418, { code: "__proto__" }, undefined).code).toBe("malformed");
  });

  test("prefers the document's fractions of a second over the header's whole ones", () => {
    expect(new Refusal(409, { code: "turn", retryAfter: 0.25 }, 1).retryAfter).toBe(0.25);
  });

  test("reads Retry-After as seconds or as a date", () => {
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfterSeconds("7", now)).toBe(7);
    expect(retryAfterSeconds(new Date(now + 30_000).toUTCString(), now)).toBe(30);
    expect(retryAfterSeconds("soon", now)).toBeUndefined();
    expect(retryAfterSeconds(null, now)).toBeUndefined();
  });
});

test("waits grow to their cap and are spread over the whole of it", () => {
  const backoff = { base: 100, cap: 1_000 };
  expect(backoffDelay(1, backoff, () => 0.999999)).toBeCloseTo(200, 0);
  expect(backoffDelay(50, backoff, () => 0.999999)).toBeCloseTo(1_000, 0);
  expect(backoffDelay(50, backoff, () => 0)).toBe(0);
});

test("a server's address is absolute, plain, and without a slash at its end", () => {
  expect(baseUrl("https://files.example.com/keyfold/")).toBe("https://files.example.com/keyfold");
  expect(baseUrl("HTTPS://Files.Example.com:443//")).toBe("https://files.example.com");
  for (const bad of ["/keyfold", "ftp://a.example", "https://a.example/?x=1", "https://a.example/#x", "https://me:secret@a.example", ""]) {
    expect(() => baseUrl(bad)).toThrow(KeyfoldError);
  }
});

test("an address with a great many slashes is read: a pattern that looked again from each would not come to an end in the test's time", () => {
  const address = `https://a.example/${"/".repeat(2_000_000)}x`;
  expect(baseUrl(address)).toBe(address);
});
