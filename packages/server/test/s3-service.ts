/**
 * An S3 service of its own for a test: fauxqs behind a gate that checks signatures as AWS does, which fauxqs itself does not.
 *
 * The check is written from the specification (Signature Version 4, "Authenticating Requests: Using the Authorization Header") with node:crypto alone, so
 * that what signs and what checks have no code in common. The gate can also fail on demand.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startFauxqs } from "fauxqs";
import type { S3Options } from "../src/blobs/s3.ts";

export interface S3Service {
  readonly options: S3Options;
  /** Answers requests in its stead while it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Requests that passed the gate: method and path. */
  readonly passed: string[];
  close(): Promise<void>;
}

export interface S3ServiceOptions {
  /** Where it listens; a service that comes back under the same address. */
  readonly port?: number;
  /** Objects are kept here, over a restart too. */
  readonly dataDir?: string;
}

const bucket = "keyfold-parts";
const region = "eu-central-1";
const accessKeyId = "AKIDKEYFOLD";
const secretAccessKey = "a secret of forty characters, about so..";

export async function s3Service({ port = 0, dataDir }: S3ServiceOptions = {}): Promise<S3Service> {
  const fauxqs = await startFauxqs({ port: 0, logger: false, ...(dataDir === undefined ? {} : { dataDir }) });
  fauxqs.createBucket(bucket);
  const passed: string[] = [];
  const service: { intercept: S3Service["intercept"] } = { intercept: undefined };

  const gate = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      if (service.intercept?.(request, response) === true) return;
      const body = Buffer.concat(pieces);
      const refusal = refusalFor(request, body);
      if (refusal !== undefined) return sendError(response, 403, refusal);
      passed.push(`${request.method} ${request.url}`);
      const { "x-amz-content-sha256": _, ...headers } = request.headers;
      const inner = forward({ port: fauxqs.port, host: "127.0.0.1", method: request.method, path: request.url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      inner.on("error", () => response.destroy());
      inner.end(body);
    });
    request.on("error", () => response.destroy());
  });
  await new Promise<void>((resolve) => gate.listen(port, "127.0.0.1", resolve));
  const { port: listening } = gate.address() as AddressInfo;
  return Object.assign(service, {
    options: { endpoint: `http://127.0.0.1:${listening}`, bucket, region, accessKeyId, secretAccessKey },
    passed,
    async close() {
      const closed = new Promise((resolve) => gate.close(resolve));
      gate.closeAllConnections();
      await closed;
      await fauxqs.stop();
    },
  });
}

export function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
}

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** The code that AWS answers with; undefined for a request that is signed by the right key, its body included. */
function refusalFor(request: IncomingMessage, body: Buffer): string | undefined {
  const authorization = request.headers.authorization ?? "";
  const found = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(authorization);
  if (found === null) return "AccessDenied";
  const [, id, scope, signedHeaders, signature] = found as unknown as [string, string, string, string, string];
  if (id !== accessKeyId) return "InvalidAccessKeyId";
  const hash = request.headers["x-amz-content-sha256"];
  if (hash !== sha256(body)) return "XAmzContentSHA256Mismatch"; // unsigned bodies are refused too
  const date = String(request.headers["x-amz-date"]);
  if (scope !== `${date.slice(0, 8)}/${region}/s3/aws4_request`) return "AuthorizationHeaderMalformed";
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => signedHeaders.split(";").includes(name))) return "AccessDenied";

  const url = new URL(request.url ?? "/", "http://gate");
  const query = [...url.searchParams].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).toSorted();
  const headers = signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, url.pathname, query.join("&"), headers.join(""), signedHeaders, hash].join("\n");
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<Buffer | string>((secret, word) => hmac(secret, word), `AWS4${secretAccessKey}`);
  const right = hmac(key, text);
  return timingSafeEqual(right, Buffer.from(signature, "hex")) ? undefined : "SignatureDoesNotMatch";
}
