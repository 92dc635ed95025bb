/** What goes wrong between here and a service: S3 and Redis, for real. */
import { Redis } from "ioredis";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import redis from "unstorage/drivers/redis";
import s3Driver from "unstorage/drivers/s3";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { brokenLine, type BrokenLine } from "../../test/broken-line.ts";
import { bytesOf, newId } from "../../test/owner.ts";
import { s3Service, sendError, type S3Service, type S3ServiceOptions } from "../../test/s3-service.ts";
import { redisStore } from "./redis-store.ts";
import { s3, type S3Options } from "./s3.ts";
import { blobStoreOf } from "./source.ts";

vi.setConfig({ testTimeout: 30_000 });

const key = "ab:cd:1";

async function service(options?: S3ServiceOptions): Promise<S3Service> {
  const started = await s3Service(options);
  onTestFinished(() => started.close());
  return started;
}

async function line(to: number): Promise<BrokenLine> {
  const proxy = await brokenLine(to);
  onTestFinished(() => proxy.close());
  return proxy;
}

const portOf = ({ options }: S3Service): number => Number(new URL(options.endpoint).port);

async function allRejectWith(requests: readonly Promise<unknown>[], error: object): Promise<void> {
  const outcomes = await Promise.allSettled(requests);
  expect(outcomes).toEqual(requests.map(() => ({ status: "rejected", reason: expect.objectContaining(error) })));
}

describe("S3", () => {
  test.each<[string, Partial<S3Options>, string]>([
    ["a wrong secret", { secretAccessKey: "another" }, "SignatureDoesNotMatch"],
    ["a wrong key id", { accessKeyId: "AKIDNOBODY" }, "InvalidAccessKeyId"],
    ["another region", { region: "us-west-2" }, "AuthorizationHeaderMalformed"],
    ["a bucket that is not there", { bucket: "nobody" }, "NoSuchBucket"],
  ])("%s is told by the service's own word, for every kind of request, and not taken for an absent part", async (_, wrong, reason) => {
    const { options, passed } = await service();
    for (const store of [
      blobStoreOf(s3({ ...options, ...wrong })),
      blobStoreOf(s3Driver({ ...options, bulkDelete: true, ...(wrong as object) })),
    ]) {
      const requests = [store.put(key, bytesOf(10)), store.get(key), store.remove([key]), store.remove([key, "ab:cd:2"])];
      await allRejectWith(requests, { code: "server-failed", reason });
    }
    // Nobody asks again after such an answer.
    expect(passed.length).toBe(reason === "NoSuchBucket" ? 8 : 0);
  });

  test("the right secret is let through, and bytes that change on the way are not", async () => {
    const site = await service();
    const store = s3(site.options);
    await store.put(key, bytesOf(10));
    const honest = globalThis.fetch;
    onTestFinished(() => void (globalThis.fetch = honest));
    globalThis.fetch = async (input, init) => {
      const request = input as Request;
      const body = new Uint8Array(await request.arrayBuffer());
      body[0]! ^= 1;
      return honest(request.url, { method: request.method, headers: request.headers, body, ...init });
    };
    await expect(store.put(key, bytesOf(10))).rejects.toMatchObject({ reason: "XAmzContentSHA256Mismatch" });
  });

  test("no message and no reason quotes a key, a secret or an address", async () => {
    const { options } = await service();
    const error = await s3({ ...options, secretAccessKey: "hush" })
      .put(key, bytesOf(10))
      .catch((reason: unknown) => reason as Error);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/hush|AKID|ab:cd|ab\/cd|127\.0\.0\.1/);
  });

  test("an upload that is answered 404 is no upload", async () => {
    const site = await service();
    site.intercept = (request, response) => request.method === "PUT" && (sendError(response, 404, "NoSuchUpload"), true);
    await expect(blobStoreOf(s3(site.options)).put(key, bytesOf(10))).rejects.toMatchObject({ reason: "NoSuchUpload" });
  });

  test("404 without a word of the service is a failure, not an absent part", async () => {
    const site = await service();
    site.intercept = (_, response) => (response.writeHead(404).end("<html>nginx</html>"), true);
    await expect(blobStoreOf(s3(site.options)).get(key)).rejects.toMatchObject({ code: "server-failed", reason: "status-404" });
  });

  test("a redirect is not followed", async () => {
    const site = await service();
    site.intercept = (_, response) => (response.writeHead(307, { location: "http://127.0.0.1:1/" }).end(), true);
    await expect(blobStoreOf(s3(site.options)).get(key)).rejects.toMatchObject({ reason: "status-307" });
  });

  test("a service that is overloaded twice is asked a third time", async () => {
    const site = await service();
    let refusals = 2;
    site.intercept = (_, response) => refusals-- > 0 && (sendError(response, 503, "SlowDown"), true);
    const store = blobStoreOf(s3(site.options));
    const bytes = bytesOf(10);
    await store.put(key, bytes);
    expect(await store.get(key)).toEqual(bytes);
  });

  test.each([
    [507, "InsufficientStorage"],
    [403, "QuotaExceeded"],
    [507, "XMinioStorageFull"],
  ])("%i %s is storage-full", async (status, code) => {
    const site = await service();
    site.intercept = (_, response) => (sendError(response, status, code), true);
    await expect(blobStoreOf(s3(site.options)).put(key, bytesOf(10))).rejects.toMatchObject({ code: "storage-full", reason: code });
  });

  test("a removal of many that says 200, and inside that one has failed, has failed", async () => {
    const site = await service();
    site.intercept = (_, response) => {
      response.end("<DeleteResult><Error><Key>x</Key><Code>AccessDenied</Code></Error></DeleteResult>");
      return true;
    };
    await expect(blobStoreOf(s3(site.options)).remove(["a:1", "a:2"])).rejects.toMatchObject({ reason: "AccessDenied" });
  });

  test("many are removed by one request, or one by one where the service has none for many", async () => {
    const site = await service();
    const keys = Array.from({ length: 30 }, (_, i) => `ab:${i}`);
    for (const bulkDelete of [true, false]) {
      const store = s3({ ...site.options, bulkDelete });
      await Promise.all(keys.map((name) => store.put(name, bytesOf(5))));
      const before = site.passed.length;
      await store.remove(keys);
      expect(site.passed.length - before).toBe(bulkDelete ? 1 : 30);
      expect(await store.get(keys[7]!)).toBeNull();
    }
  });

  test("an answer that breaks off is a failure, and not fewer bytes", async () => {
    const site = await service();
    site.intercept = (request, response) => {
      if (request.method !== "GET") return false;
      response.writeHead(200, { "content-length": "1000" });
      response.write(Buffer.alloc(400), () => response.destroy());
      return true;
    };
    await expect(blobStoreOf(s3(site.options)).get(key)).rejects.toMatchObject({ code: "server-failed" });
  });

  test("a line that swallows ends with timeout; after it is mended the same store goes on", async () => {
    const site = await service();
    const proxy = await line(portOf(site));
    const store = blobStoreOf(s3({ ...site.options, endpoint: `http://127.0.0.1:${proxy.port}`, timeoutMs: 150 }));
    const bytes = bytesOf(100_000);
    await store.put(key, bytes).catch(() => undefined); // opens the line
    proxy.swallow();
    await allRejectWith([store.put(key, bytes), store.get(key), store.remove([key])], { code: "server-failed", reason: "timeout" });
    proxy.mend();
    const after = blobStoreOf(s3({ ...site.options, endpoint: `http://127.0.0.1:${proxy.port}` }));
    await after.put(key, bytes);
    expect(Buffer.compare((await after.get(key))!, bytes)).toBe(0);
  });

  test("nobody at the address is a typed error", async () => {
    const site = await s3Service();
    await site.close();
    await expect(blobStoreOf(s3(site.options)).get(key)).rejects.toMatchObject({ code: "server-failed", reason: "ECONNREFUSED" });
  });

  test("a service that comes back under the same address has what it confirmed", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "keyfold-s3-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const first = await s3Service({ dataDir });
    const store = blobStoreOf(s3(first.options));
    const bytes = bytesOf(5000);
    await store.put(key, bytes);
    await first.close();
    await expect(store.get(key)).rejects.toMatchObject({ code: "server-failed" });
    await service({ dataDir, port: portOf(first) });
    expect(Buffer.compare((await store.get(key))!, bytes)).toBe(0);
  });

  test.each(["endpoint", "bucket", "region", "accessKeyId", "secretAccessKey"] as const)("without %s there is no store", (name) => {
    const options: S3Options = { endpoint: "http://127.0.0.1:1", bucket: "b", region: "r", accessKeyId: "i", secretAccessKey: "s" };
    expect(() => s3({ ...options, [name]: "" })).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

describe("Redis", () => {
  /** A line to Redis, and a store over it. */
  async function overLine(timeoutMs: number) {
    const proxy = await line(6379);
    const base = `keyfold-test-${newId()}`;
    const store = blobStoreOf(redis({ host: "127.0.0.1", port: proxy.port, base, retryStrategy: () => 10 }), { timeoutMs });
    const direct = new Redis();
    onTestFinished(async () => {
      await store.close?.();
      await direct.unlink(`${base}:${key}`);
      direct.disconnect();
    });
    return { proxy, store };
  }

  test("a line that swallows ends with timeout; after it is mended the same store goes on", async () => {
    const { proxy, store } = await overLine(400);
    const bytes = bytesOf(10_000);
    await store.put(key, bytes);
    proxy.swallow();
    await allRejectWith([store.put(key, bytes), store.get(key), store.remove([key])], { code: "server-failed", reason: "timeout" });
    proxy.mend();
    // What was swallowed the client sends anew once it is connected: the removal too. So it is put again.
    await expect
      .poll(
        () =>
          store.put(key, bytes).then(
            () => "put",
            () => "not yet",
          ),
        { timeout: 10_000 },
      )
      .toBe("put");
    expect(Buffer.compare((await store.get(key))!, bytes)).toBe(0);
  });

  test("a connection that is cut between requests is made anew without an error", async () => {
    const { proxy, store } = await overLine(10_000);
    const bytes = bytesOf(10_000);
    await store.put(key, bytes);
    proxy.cut();
    expect(Buffer.compare((await store.get(key))!, bytes)).toBe(0);
  });

  test("a wrong password, and a right that is missing, are told by Redis's own word", async () => {
    const admin = new Redis();
    const user = `keyfold-test-${newId()}`;
    await admin.call("ACL", "SETUSER", user, "on", ">right", "~nothing:*", "+@all");
    onTestFinished(async () => {
      await admin.call("ACL", "DELUSER", user);
      admin.disconnect();
    });
    const options = { host: "127.0.0.1", port: 6379, username: user, maxRetriesPerRequest: 0 };
    const limited = blobStoreOf(redis({ ...options, password: "right" }));
    onTestFinished(() => limited.close?.());
    await allRejectWith([limited.put(key, bytesOf(1)), limited.get(key), limited.remove([key])], {
      code: "server-failed",
      reason: "NOPERM",
    });
    const wrong = blobStoreOf(redis({ ...options, password: "wrong" }), { timeoutMs: 2_000 });
    onTestFinished(() => wrong.close?.());
    await expect(wrong.put(key, bytesOf(1))).rejects.toMatchObject({ code: "server-failed" });
  });

  test("memory that is used up is storage-full", async () => {
    const client = new Redis();
    onTestFinished(() => client.disconnect());
    // Redis's own error reply, as it sends it above `maxmemory`.
    const full = () => client.eval("return redis.error_reply('OOM command not allowed when used memory > maxmemory.')", 0);
    const store = blobStoreOf(
      redisStore({
        set: full,
        getBuffer: (name) => client.getBuffer(name),
        unlink: (name) => client.unlink(name),
        disconnect: () => undefined,
      }),
    );
    await expect(store.put(key, bytesOf(1))).rejects.toMatchObject({ code: "storage-full", reason: "OOM" });
  });

  test("parts lie as bytes, not as base64", async () => {
    const base = `keyfold-test-${newId()}`;
    const store = blobStoreOf(redis({ host: "127.0.0.1", port: 6379, base }));
    const client = new Redis();
    onTestFinished(async () => {
      await store.close?.();
      await client.unlink(`${base}:${key}`);
      client.disconnect();
    });
    await store.put(key, bytesOf(3000));
    expect(await client.strlen(`${base}:${key}`)).toBe(3000);
  });
});
