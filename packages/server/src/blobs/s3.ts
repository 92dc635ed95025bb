/**
 * Parts in a bucket of anything that speaks S3: AWS, R2, MinIO, Garage, Ceph.
 *
 * Its own, and not a wrapped unstorage driver, since that one cannot be mended from outside: an upload that was answered 404 counts as done, a bucket that
 * is not there reads as "no such part", bodies are not signed, requests never end, and reading every write back would send each part twice. Here the
 * body's SHA-256 is signed, so that the service itself refuses bytes that changed on the way; a part is small enough for one request.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import { AwsClient } from "aws4fetch";
import { storeTimeout } from "./guarded.ts";
import { isFullCode, StoreFault } from "./store-fault.ts";
import { storeKey, type BlobStore } from "./store.ts";

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`, without the bucket. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Before every key, with a slash between. */
  readonly prefix?: string | undefined;
  /** False where the service does not know `DeleteObjects` (Google's): one request for each object. Default true. */
  readonly bulkDelete?: boolean | undefined;
  /** Milliseconds after which a request is broken off. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

/** Keys of one `DeleteObjects` (S3's own limit is 1,000), and removals at a time where there is none. */
const keysPerDeletion = 1000;
const parallel = 8;

/** An error document has a few hundred bytes. */
const longestError = 65_536;

/** Answers after which the same request may succeed, besides those of 500 and above. */
const passing = new Set(["RequestTimeout", "SlowDown", "OperationAborted", "TooManyRequests", "BadDigest", "XAmzContentSHA256Mismatch"]);

/** Throws `invalid-argument` for what is missing or no address. */
export function s3(options: S3Options): BlobStore {
  const { region, accessKeyId, secretAccessKey, sessionToken, bulkDelete = true, timeoutMs = storeTimeout } = options;
  for (const name of ["endpoint", "bucket", "region", "accessKeyId", "secretAccessKey"] as const) {
    if (typeof options[name] !== "string" || options[name] === "")
      throw new KeyfoldError("invalid-argument", `The S3 store lacks its ${name}.`);
  }
  if (!URL.canParse(options.endpoint)) throw new KeyfoldError("invalid-argument", "The S3 store's endpoint is not an address.");
  const bucket = `${options.endpoint.replace(/\/+$/, "")}/${encodeURIComponent(options.bucket)}`;
  const prefix = (options.prefix ?? "").replace(/^\/+|\/+$/g, "");
  const client = new AwsClient({
    service: "s3",
    region,
    accessKeyId,
    secretAccessKey,
    retries: 0,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });

  const nameOf = (key: string): string => (prefix === "" ? "" : `${prefix}/`) + storeKey(key).replaceAll(":", "/");
  const urlOf = (key: string): string => `${bucket}/${nameOf(key).split("/").map(encodeURIComponent).join("/")}`;

  /** An answer of 200 to 299, or one of the codes that the caller knows what to do with. Its body is read within the same time limit. */
  const send = async (method: string, url: string, body?: Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Answer> => {
    const hash = createHash("sha256")
      .update(body ?? "")
      .digest("hex");
    const request = await client.sign(url, {
      method,
      headers: { ...headers, "x-amz-content-sha256": hash },
      ...(body === undefined ? {} : { body }),
    });
    try {
      const response = await fetch(request, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
      return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "TimeoutError") {
        throw new StoreFault("server-failed", "The S3 store did not answer in time.", { reason: "timeout", again: false });
      }
      throw cause; // the connection: its code is in the cause
    }
  };

  const removeOne = async (key: string): Promise<void> => {
    const answer = await send("DELETE", urlOf(key));
    if (!isGood(answer) && codeOf(answer) !== "NoSuchKey") throw fault(answer);
  };

  const removeMany = async (keys: readonly string[]): Promise<void> => {
    const objects = keys.map((key) => `<Object><Key>${escapeXml(nameOf(key))}</Key></Object>`).join("");
    const body = new TextEncoder().encode(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`);
    const md5 = createHash("md5").update(body).digest("base64"); // the protocol asks for it; the signed SHA-256 is what protects
    const answer = await send("POST", `${bucket}?delete=`, body, { "content-md5": md5, "content-type": "application/xml" });
    if (!isGood(answer)) throw fault(answer);
    // 200 says that the list was worked through; what could not be removed stands inside.
    const failed = errorsIn(answer).find((code) => code !== "NoSuchKey");
    if (failed !== undefined) throw new StoreFault("server-failed", "The S3 store has not removed everything.", { reason: failed });
  };

  return {
    async put(key, bytes) {
      const answer = await send("PUT", urlOf(key), bytes, { "content-type": "application/octet-stream" });
      if (!isGood(answer)) throw fault(answer);
    },
    async get(key): Promise<Bytes | null> {
      const answer = await send("GET", urlOf(key));
      if (isGood(answer)) return answer.body;
      if (answer.status === 404 && codeOf(answer) === "NoSuchKey") return null;
      throw fault(answer);
    },
    async remove(keys) {
      keys.forEach(storeKey);
      if (bulkDelete && keys.length > 1) {
        for (let start = 0; start < keys.length; start += keysPerDeletion) await removeMany(keys.slice(start, start + keysPerDeletion));
      } else {
        for (let start = 0; start < keys.length; start += parallel) await Promise.all(keys.slice(start, start + parallel).map(removeOne));
      }
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: Bytes;
}

function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function textOf({ body }: Answer): string {
  return new TextDecoder().decode(body.subarray(0, longestError));
}

/** The service's own code; undefined where the answer has none. */
function codeOf(answer: Answer): string | undefined {
  return /<Code>\s*([A-Za-z0-9.]{1,64})\s*<\/Code>/.exec(textOf(answer))?.[1];
}

function errorsIn(answer: Answer): string[] {
  return [...textOf(answer).matchAll(/<Error>[\s\S]*?<Code>\s*([A-Za-z0-9.]{1,64})\s*<\/Code>[\s\S]*?<\/Error>/g)].map(([, code]) => code!);
}

function fault(answer: Answer): StoreFault {
  const { status } = answer;
  const reason = codeOf(answer) ?? `status-${status}`;
  if (isFullCode(reason) || status === 507) return new StoreFault("storage-full", "The S3 store is full.", { reason, again: false });
  return new StoreFault("server-failed", "The S3 store refused a request.", {
    reason,
    again: status >= 500 || status === 429 || passing.has(reason),
  });
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
