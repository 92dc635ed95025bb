/** What the server tells of itself, and brand pictures. */
import { imagePath, imagesPath, logoPath } from "../routes/brand.ts";
import type { Answer, Operation } from "./operation.ts";

export const openApiPath = "/v1/openapi.json";

const picture: Readonly<Record<number, Answer>> = {
  200: { summary: "A picture.", body: "picture", headers: ["ETag", "Keyfold-Brand"] },
  304: { summary: "The client has it.", headers: ["ETag", "Keyfold-Brand"] },
};

const always: readonly Operation[] = [
  {
    method: "get",
    path: "/v1",
    tag: "Discovery",
    summary: "What this server is, and its limits.",
    answers: { 200: { summary: "Protocol, base URL, time, limits.", body: "Discovery" } },
  },
  {
    method: "get",
    path: "/v1/keys/:key{[0-9a-f]{32}}",
    tag: "Discovery",
    summary: "From a key to its folder.",
    answers: { 200: { summary: "The folder, the key's epoch, and the present one.", body: "KeyPlace" } },
    codes: ["unknown-key", "not-found"],
  },
  {
    method: "get",
    path: openApiPath,
    tag: "Discovery",
    summary: "This document.",
    answers: { 200: { summary: "OpenAPI 3.1.", body: "Document" } },
  },
  {
    method: "get",
    path: "/health",
    tag: "Watching",
    summary: "The process answers.",
    answers: { 200: { summary: "It lives.", body: "Health" } },
  },
  {
    method: "get",
    path: "/ready",
    tag: "Watching",
    summary: "Whether it can serve.",
    answers: { 200: { summary: "Database and store answer.", body: "Readiness" } },
    codes: ["unavailable"],
  },
];

const metrics: readonly Operation[] = [
  {
    method: "get",
    path: "/metrics",
    tag: "Watching",
    summary: "Figures in Prometheus' text format.",
    token: "metrics",
    answers: { 200: { summary: "Samples.", body: "text" } },
  },
];

const brand: readonly Operation[] = [
  {
    method: "get",
    path: logoPath,
    tag: "Brand",
    summary: "A domain's logo.",
    query: ["size", "format", "greyscale"],
    headers: ["If-None-Match"],
    answers: picture,
    codes: ["malformed", "not-found"],
  },
  {
    method: "get",
    path: imagesPath,
    tag: "Brand",
    summary: "Pictures for a page's foot.",
    answers: { 200: { summary: "Their paths.", body: "BrandImages" } },
    codes: ["malformed", "not-found"],
  },
  {
    method: "get",
    path: imagePath,
    tag: "Brand",
    summary: "One of them.",
    headers: ["If-None-Match"],
    answers: picture,
    codes: ["malformed", "not-found"],
  },
];

export function serverOperations(has: { readonly metrics: boolean; readonly brand: boolean }): readonly Operation[] {
  return [...always, ...(has.metrics ? metrics : []), ...(has.brand ? brand : [])];
}
