/**
 * Headers and queries, each with what it says and how it looks (docs/protocol.md).
 *
 * @module
 */

const hash = { type: "string", pattern: "^[A-Za-z0-9_-]{43}$" } as const;
const number = { type: "string", pattern: "^[0-9]{1,16}$" } as const;
const ticket = { type: "string", pattern: "^[0-9a-f]{32}$" } as const;
const text = { type: "string" } as const;

interface Described {
  readonly description: string;
  readonly schema: object;
  readonly required?: boolean;
}

export const requestHeaders = {
  "Keyfold-At": { description: "The seq at which the first record is to stand.", schema: number, required: true },
  "Keyfold-Hash": { description: "SHA-256 of the part, base64url.", schema: hash, required: true },
  "Keyfold-Turn": { description: "A place in line, drawn by the client or given by the server.", schema: ticket },
  "Keyfold-Delete": { description: "A bit for each dropped blob that goes at once, base64url.", schema: text },
  "Keyfold-Head": { description: "Head after the log's last record, base64url.", schema: hash, required: true },
  "Keyfold-Create": { description: "Blobs of one part are created first.", schema: { type: "string", enum: ["1"] } },
  "If-None-Match": { description: "Tags that the client has.", schema: text },
} as const satisfies Record<string, Described>;

export const answerHeaders = {
  "Keyfold-Epoch": { description: "The folder's epoch.", schema: number },
  "Keyfold-Seq": { description: "Seq of the folder's last record.", schema: number },
  "Keyfold-Count": { description: "Records in this page.", schema: number },
  "Keyfold-Head": { description: "Head at Keyfold-Seq, base64url.", schema: hash },
  "Keyfold-Code": { description: "`conflict`: the body is no problem document but the records that are missing.", schema: text },
  "Keyfold-Turn": { description: "A place in line.", schema: ticket },
  "Keyfold-Brand": { description: "`own`, a provider's name, or `drawn`.", schema: text },
  "X-Request-Id": { description: "The request's name, as given or drawn.", schema: text },
  "Retry-After": { description: "Seconds.", schema: number },
  ETag: { description: "Strong.", schema: text },
} as const satisfies Record<string, Described>;

export const queries = {
  before: { description: "`next` of the page before.", schema: text },
  from: { description: "The first seq that is wanted.", schema: number, required: true },
  size: { description: "Pixels of a square's side.", schema: { type: "integer", minimum: 8, maximum: 512, default: 128 } },
  format: { description: "What providers are asked for.", schema: { type: "string", enum: ["png", "jpg", "webp", "svg"], default: "png" } },
  greyscale: { description: "In grey.", schema: { type: "boolean", default: false } },
} as const satisfies Record<string, Described>;
