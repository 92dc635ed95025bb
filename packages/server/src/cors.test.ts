import { joinPage, toBase64url } from "@keyfold/core/protocol";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount } from "../test/mount.ts";
import { newOwner, Owner } from "../test/owner.ts";
import { answerHeaders, requestHeaders, type Cors } from "./cors.ts";
import * as routes from "./openapi/headers.ts";

const app = "https://app.example";
const preflight = (origin: string, headers = "content-type,keyfold-token") => ({
  headers: { origin, "access-control-request-method": "PUT", "access-control-request-headers": headers },
});

describe("pages of another origin", () => {
  test("that is listed may ask, with the headers of the protocol and without credentials", async () => {
    const { send } = await mount({ cors: [app] });
    const allowed = await send("OPTIONS", "/v1/folders", preflight(app));
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(app);
    expect(allowed.headers.get("access-control-allow-headers")).toBe(requestHeaders.join(", "));
    expect(allowed.headers.get("access-control-allow-methods")).toBe("GET, POST, PUT, DELETE");
    expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
    expect(allowed.headers.get("vary")).toContain("Origin");

    const owner = await newOwner(send, base);
    const answer = await owner.call("GET", "/log?from=0", { headers: { origin: app } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(app);
    expect(answer.headers.get("access-control-expose-headers")).toBe(answerHeaders.join(", "));
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(answer.headers.get("vary")).toBe("Origin");
    // A refusal is read as well.
    const refused = await send("GET", `${owner.path}/usage`, { headers: { origin: app } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, app]);
  });

  test("that is listed may send and read every header that a route of the protocol has", () => {
    const protocols = (headers: object) =>
      Object.keys(headers)
        .map((name) => name.toLowerCase())
        .filter((name) => name.startsWith("keyfold-"));
    expect(requestHeaders).toEqual(expect.arrayContaining(protocols(routes.requestHeaders)));
    // Logos are shown, and their source is nobody's to read.
    expect(answerHeaders).toEqual(expect.arrayContaining(protocols(routes.answerHeaders).filter((name) => name !== "keyfold-brand")));
  });

  test("that is not listed are not answered, and what the browser says is theirs is refused before anything happens", async () => {
    const { send, options } = await mount({ cors: [app] });
    for (const origin of [
      "https://evil.example",
      "http://app.example",
      "https://app.example:8443",
      "null",
      "https://app.example.evil.example",
    ]) {
      const denied = await send("OPTIONS", "/v1/folders", preflight(origin));
      expect(denied.headers.get("access-control-allow-origin"), origin).toBeNull();
      const asked = await send("GET", "/v1", { headers: { origin } });
      expect(asked.headers.get("access-control-allow-origin")).toBeNull();
      expect(asked.headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(asked.headers.get("vary")).toBe("Origin");
      const sent = new Owner(
        (method, path, init) => send(method, path, { ...init, headers: { ...init?.headers, origin, "sec-fetch-site": "cross-site" } }),
        base,
      );
      expect(await codeOf(await sent.create())).toBe("refused");
    }
    expect(await options.database.query.selectFrom("folder").selectAll().execute()).toEqual([]);
  });

  test("of the mount's own origin are let in as ever", async () => {
    const { send } = await mount({ cors: [app] });
    const own = { origin: "http://localhost", "sec-fetch-site": "same-origin" };
    expect((await send("GET", "/v1", { headers: own })).status).toBe(200);
  });

  test("are told apart by a rule, too, and may send the host's own headers", async () => {
    const { send } = await mount({ cors: { origins: (origin) => origin.endsWith(".app.example"), headers: ["Authorization"] } });
    const answer = await send("OPTIONS", "/v1/folders", preflight("https://a.app.example"));
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.app.example");
    expect(answer.headers.get("access-control-allow-headers")).toBe([...requestHeaders, "authorization"].join(", "));
    expect((await send("OPTIONS", "/v1/folders", preflight("https://b.example"))).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("are the host's own to answer where nothing is said", async () => {
    const { app: mounted } = await mount();
    const host = new Hono().use("*", async (c, next) => {
      await next();
      c.res.headers.set("access-control-allow-origin", "https://other.example");
    });
    const answer = await host
      .route("/keyfold", mounted)
      .request("/keyfold/v1", { headers: { origin: "https://other.example", "sec-fetch-site": "cross-site" } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "https://other.example"]);
    expect(answer.headers.get("vary")).toBeNull();
  });

  test("are listed as browsers write them", async () => {
    const wrong: Cors[] = [
      ["*"],
      ["app.example"],
      ["https://app.example/"],
      ["https://app.example/path"],
      { origins: [app], headers: ["a b"] },
    ];
    for (const cors of wrong) await expect(mount({ cors }), JSON.stringify(cors)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("what a page of any site can send without asking", () => {
  const cookie = "login=anna";
  /** A host whose login is a cookie, the worst case: the browser adds it to whatever any page sends. */
  const byCookie = (request: Request) => (request.headers.get("cookie") === cookie ? { subject: "anna" } : false);
  const forms = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

  test("changes nothing: neither a form nor a simple request, whatever the host's login goes by", async () => {
    const mounted = await mount({ authorize: byCookie });
    const { send, options } = mounted;
    const signedIn: typeof send = (method, path, init = {}) => send(method, path, { ...init, headers: { ...init.headers, cookie } });
    const owner = await newOwner(signedIn, base);
    const blob = await owner.upload();
    const everything = async () => {
      const { query } = options.database;
      const tables = ["folder", "log_record", "blob", "part", "share", "pairing", "folder_subject", "used_nonce", "turn"] as const;
      return Promise.all(tables.map((table) => query.selectFrom(table).selectAll().execute()));
    };
    const before = JSON.stringify(await everything());

    const another = await new Owner(send, base).genesis(1);
    // What makes JSON of a form's `name=value`.
    const smuggled = `{"genesis":"${toBase64url(joinPage([another]))}","x":"="}`;
    const paths = ["/log", "/rekey", "/blobs", "/blobs/discard", `/blobs/${blob}/parts/0/salvage`, "/parts", "/pairings", "/subject", ""];
    for (const type of forms) {
      expect(await codeOf(await signedIn("POST", "/v1/folders", { headers: { "content-type": type }, body: smuggled })), type).toBe(
        "malformed",
      );
      for (const path of paths) {
        const answer = await signedIn("POST", owner.path + path, { headers: { "content-type": type }, body: smuggled });
        expect([401, 404], path).toContain(answer.status);
      }
    }
    for (const method of ["GET", "HEAD"]) for (const path of paths) await signedIn(method, owner.path + path);
    expect(JSON.stringify(await everything())).toBe(before);
  });
});
