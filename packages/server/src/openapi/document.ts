/**
 * The OpenAPI 3.1 document, from the routes' operations and the schemas that check their requests.
 *
 * @module
 */

import { problems, protocolVersion, type ProblemCode } from "@keyfold/core/protocol";
import { folderOperations } from "./folder-operations.ts";
import { answerHeaders, queries, requestHeaders } from "./headers.ts";
import { meetingOperations } from "./meeting-operations.ts";
import type { Answer, Operation } from "./operation.ts";
import { jsonSchemas } from "./schemas.ts";
import { serverOperations } from "./server-operations.ts";

export interface DocumentOptions {
  /** Base URL of the mount, or a path. */
  readonly server: string;
  readonly has: { readonly metrics: boolean; readonly brand: boolean };
}

export function openApiDocument({ server, has }: DocumentOptions): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of [...serverOperations(has), ...folderOperations, ...meetingOperations]) {
    (paths[templateOf(operation.path)] ??= {})[operation.method] = described(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Keyfold",
      version: String(protocolVersion),
      summary: "A folder that its server cannot read.",
      description: "What the bytes mean is in docs/format.md and docs/protocol.md. Decide by a problem's `code` alone.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: server }],
    paths,
    components: {
      schemas: jsonSchemas(),
      headers: Object.fromEntries(Object.entries(answerHeaders).map(([name, header]) => [name, header])),
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "header",
          name: "Keyfold-Token",
          description: "The token of a session, a download, or a pairing's code.",
        },
        share: { type: "apiKey", in: "header", name: "Keyfold-Share", description: "The token of a link, base64url." },
        metrics: { type: "http", scheme: "bearer" },
      },
    },
  };
}

/** `/v1/folders/:folder{[0-9a-f]{32}}` as `/v1/folders/{folder}`. */
export function templateOf(path: string): string {
  return path.replaceAll(parameter, "{$1}");
}

const parameter = /:([a-z]+)(\{(?:[^{}]|\{[^{}]*\})*\})?/g;

function described(operation: Operation): object {
  const { method, path, tag, summary, token, request, headers = [], query = [] } = operation;
  const parameters = [
    ...[...path.matchAll(parameter)].map(([, name, pattern]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string", ...(pattern === undefined ? {} : { pattern: `^${pattern.slice(1, -1)}$` }) },
    })),
    ...query.map((name) => Object.assign({ name, in: "query" }, queries[name])),
    ...headers.map((name) => Object.assign({ name, in: "header" }, requestHeaders[name])),
  ];
  return {
    operationId: `${method}${templateOf(path).replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? "")}`,
    tags: [tag],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request === undefined ? {} : { requestBody: { required: true, content: contentOf(request) } }),
    ...(token === undefined ? {} : { security: securityOf(token) }),
    responses: responsesOf(operation),
  };
}

function securityOf(token: NonNullable<Operation["token"]>): object[] {
  if (token === "share") return [{ share: [] }];
  // Where the host gave no token, anybody may.
  return token === "metrics" ? [{ metrics: [] }, {}] : [{ session: [] }];
}

function contentOf(body: NonNullable<Answer["body"]>): object {
  if (body === "octets") return { "application/octet-stream": { schema: { type: "string", format: "binary" } } };
  if (body === "picture") return { "image/*": { schema: { type: "string", format: "binary" } } };
  if (body === "text") return { "text/plain": { schema: { type: "string" } } };
  return { "application/json": { schema: { $ref: `#/components/schemas/${body}` } } };
}

const isProbe = (path: string): boolean => path === "/health" || path === "/ready";

/** All codes that a route may answer with: its own, and those that come with its token, its body, its place. */
function codesOf({ path, token, request, codes = [] }: Operation): ReadonlySet<ProblemCode> {
  const all = new Set<ProblemCode>(["internal", ...codes]);
  if (isProbe(path)) return all;
  all.add("unavailable");
  if (path === "/metrics") return all.add("token-refused");
  if (path.startsWith("/v1")) for (const code of ["busy", "storage-full"] as const) all.add(code);
  const isOpen = path === "/v1" || path === "/v1/openapi.json";
  if (!isOpen) all.add("refused");
  if (!isOpen && path.startsWith("/v1")) all.add("rate-limited");
  if (request !== undefined) for (const code of ["malformed", "too-large", "too-slow"] as const) all.add(code);
  if (token === "owner" || token === "read") for (const code of ["token-refused", "epoch-over", "not-found"] as const) all.add(code);
  if (token === "owner") all.add("read-only");
  if (token === "share") for (const code of ["share-refused", "rate-limited", "not-found", "gone", "share-expired"] as const) all.add(code);
  if (token === "download") for (const code of ["token-refused", "not-found", "gone", "share-expired"] as const) all.add(code);
  return all;
}

function responsesOf(operation: Operation): object {
  const { token, path, answers } = operation;
  const ofFolder = token === "owner" || token === "read" ? (["Keyfold-Epoch", "Keyfold-Seq"] as const) : [];
  const responses: Record<string, { description: string; headers?: object; content?: Record<string, unknown> }> = {};
  for (const [status, { summary, body, headers = [] }] of Object.entries(answers)) {
    responses[status] = {
      description: summary,
      headers: headersOf([...headers, ...ofFolder, "X-Request-Id"]),
      ...(body === undefined ? {} : { content: { ...contentOf(body) } }),
    };
  }
  for (const [status, codes] of Map.groupBy(codesOf(operation), (code) => problems[code][0])) {
    const known = responses[String(status)];
    const waits = codes.some((code) => ["busy", "turn", "rate-limited", "unavailable"].includes(code));
    responses[String(status)] = {
      description: [...(known === undefined ? [] : [known.description]), ...codes.map((code) => `\`${code}\`: ${problems[code][1]}`)].join(
        "\n",
      ),
      headers: { ...known?.headers, ...headersOf(["X-Request-Id", ...ofFolder, ...(waits ? (["Retry-After"] as const) : [])]) },
      content: {
        ...known?.content,
        "application/problem+json": {
          schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, { properties: { code: { enum: codes } } }] },
        },
      },
    };
  }
  // What is nobody's route answers so; a path that does not fit its pattern is none.
  if (path.includes(":") && responses["404"] === undefined) return { ...responses, 404: { description: "No such path." } };
  return responses;
}

function headersOf(names: readonly (keyof typeof answerHeaders)[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
