import { Validator } from "@seriousme/openapi-schema-validator";
import { problemCodes, toBase64url } from "@keyfold/core/protocol";
import { expect, test } from "vitest";
import { base, mount, type Send } from "../../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner } from "../../test/owner.ts";
import { templateOf } from "../openapi/document.ts";
import type { KeyfoldOptions } from "../options.ts";

interface Response_ {
  readonly headers?: Record<string, unknown>;
  readonly content?: Record<string, { schema: { allOf?: [unknown, { properties: { code: { enum: string[] } } }] } }>;
}
interface Document_ {
  readonly openapi: string;
  readonly servers: { url: string }[];
  readonly paths: Record<string, Record<string, { operationId: string; security?: object[]; responses: Record<string, Response_> }>>;
}

const everything: Partial<KeyfoldOptions> = { metrics: true, brand: { domains: "all" } };

async function documentOf(options: Partial<KeyfoldOptions> = everything) {
  const site = await mount(options);
  const answer = await site.send("GET", "/v1/openapi.json");
  expect(answer.status).toBe(200);
  return { site, document: (await answer.json()) as Document_ };
}

const codesIn = (response: Response_ | undefined): string[] =>
  response?.content?.["application/problem+json"]?.schema.allOf?.[1].properties.code.enum ?? [];

test("the document is OpenAPI 3.1, of the server's own address", async () => {
  const { document } = await documentOf();
  const { valid, errors } = await new Validator().validate({ ...document });
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(document.openapi).toBe("3.1.0");
  expect(document.servers).toEqual([{ url: base }]);
});

test("every reference in it leads somewhere, and every operation has its own name", async () => {
  const { document } = await documentOf();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  expect(references.length).toBeGreaterThan(100);
  for (const path of references) {
    let at: unknown = document;
    for (const step of path.split("/")) at = (at as Record<string, unknown>)[step];
    expect([path, typeof at]).toEqual([path, "object"]);
  }
  const names = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  expect(new Set(names).size).toBe(names.length);
});

test.for<Partial<KeyfoldOptions>>([everything, {}])("every route is in it, and every one in it is a route (%j)", async (options) => {
  const { site, document } = await documentOf(options);
  const routes = site.app.routes
    .filter(({ method, path }) => method !== "ALL" && path !== "*" && path !== "/*")
    .map(({ method, path }) => `${method.toLowerCase()} ${templateOf(path)}`);
  const documented = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
  expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted());
});

test("every code that a server answers with is in it", async () => {
  const { document } = await documentOf();
  const codes = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ responses }) => Object.values(responses).flatMap(codesIn)),
  );
  // `conflict` is told by a header, in an answer that is no problem document.
  expect(new Set([...codes, "conflict"])).toEqual(new Set(problemCodes));
});

test("what the server answers is what is documented: status, code, headers", async () => {
  const { site, document } = await documentOf();
  const seen = new Set<string>();
  const find = (method: string, path: string) => {
    const there = Object.entries(document.paths).find(
      ([template, methods]) =>
        method.toLowerCase() in methods && new RegExp(`^${template.replaceAll(/\{[a-z]+\}/g, "[^/]+")}$`).test(path.split("?")[0]!),
    );
    return there === undefined ? undefined : ([there[0], there[1][method.toLowerCase()]!] as const);
  };
  const send: Send = async (method, path, init) => {
    const answer = await site.send(method, path, init);
    const [template, operation] = find(method, path) ?? ["none"];
    if (operation === undefined) throw new Error(`${method} ${path} is not documented.`);
    const response = operation.responses[String(answer.status)];
    const type = answer.headers.get("content-type") ?? "none";
    const where = `${method} ${template} ${answer.status} ${type}`;
    expect([where, response !== undefined]).toEqual([where, true]);
    seen.add(`${method} ${template} ${answer.status}`);
    if (type === "application/problem+json") {
      const { code } = (await answer.clone().json()) as { code: string };
      expect([where, codesIn(response)]).toEqual([where, expect.arrayContaining([code])]);
    } else if (answer.status !== 204 && answer.status !== 304) {
      const types = Object.keys(response?.content ?? {}).map((each) => each.replace("/*", "/"));
      expect([where, types.some((each) => type.startsWith(each))]).toEqual([where, true]);
    }
    const headers = [...answer.headers.keys()].filter((name) => /^(keyfold-|retry-after|x-request-id|etag)/.test(name));
    const told = new Set(Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase()));
    expect([where, headers.filter((name) => !told.has(name))]).toEqual([where, []]);
    return answer;
  };

  await send("GET", "/v1");
  for (const path of ["/health", "/ready", "/metrics", "/brand/example.com", "/brand/example.com?size=0", "/brand/a/images"])
    await send("GET", path);
  await send("GET", "/brand/example.com/images");
  await send("GET", "/brand/example.com/images/0");
  const owner = await newOwner(send, base);
  await owner.create();
  await send("GET", owner.path);
  await send("GET", `/v1/folders/${newId()}`);
  await send("GET", `/v1/keys/${newId()}`);
  await owner.call("GET", "/usage");
  await send("GET", `${owner.path}/usage`);
  const blob = await owner.upload();
  await owner.createBlobs({ blob, sealedSize: 2000 });
  await owner.createBlobs({ blob: newId(), sealedSize: 2 ** 50 });
  await owner.createBlobs({ blob: newId(), sealedSize: 2 ** 39 });
  await owner.put(blob, 0, bytesOf(1080));
  await owner.put(blob, 0, bytesOf(10));
  await owner.put(blob, 0, bytesOf(1080), hashOf(bytesOf(1)));
  await owner.put(newId(), 0, bytesOf(1080));
  for (const path of [`/blobs/${blob}`, `/blobs/${blob}/hashes`, `/blobs/${blob}/parts/0`, `/blobs/${blob}/parts/1`])
    await owner.call("GET", path);
  await owner.call("POST", "/parts/read", { body: { parts: [[blob, 0]] } });
  await owner.call("POST", "/parts/read", { body: { parts: [] } });
  await owner.append({ added: [newId()] });
  await owner.append({ added: [blob] });
  await owner.append({ added: [blob] });
  const { wire } = await owner.entry();
  await owner.call("POST", "/log", { headers: { "keyfold-at": "1" }, body: new Uint8Array(wire) });
  await owner.call("POST", "/log", { headers: { "keyfold-at": "x" }, body: bytesOf(10) });
  await owner.call("GET", "/log?from=0");
  await owner.call("GET", "/log");
  await owner.call("POST", "/blobs/discard", { body: { blobs: [newId()] } });
  const pairing = newId();
  await owner.call("POST", "/pairings", { body: { pairing, tokenHash: toBase64url(hashOf(bytesOf(32))) } });
  await owner.call("GET", `/pairings/${pairing}`);
  await owner.call("POST", `/pairings/${pairing}/nonce`, { body: { nonce: toBase64url(bytesOf(32)) } });
  await send("GET", `/v1/pairings/${pairing}`, { headers: { "keyfold-token": "x" } });
  await owner.call("POST", `/pairings/${pairing}/cancel`);
  const share = newId();
  await owner.publish(share);
  await owner.publish(share, { version: 9 });
  await owner.call("GET", "/shares");
  await owner.call("GET", `/shares/${share}/manifest`);
  await owner.call("GET", `/shares/${share}/blobs`);
  await send("GET", `/v1/shares/${share}`);
  await send("GET", `/v1/shares/${share}/manifest`, { headers: { "keyfold-share": toBase64url(bytesOf(32)) } });
  await send("POST", `/v1/shares/${share}/downloads`, { headers: { "keyfold-share": "x" }, body: { take: newId() } });
  await send("GET", `/v1/shares/${share}/blobs/${blob}/parts/0`);
  await owner.call("DELETE", `/shares/${share}`);
  await owner.rekey();
  await owner.call("GET", "/usage");
  site.app.drain();
  await send("GET", "/v1");
  expect(seen.size).toBeGreaterThan(50);
});
