/** Logos and pictures of domains: for everybody's `<img>`, from here alone. Off unless the host has said for which domains. */
import { createHash } from "node:crypto";
import type { Brand, LogoRequest, Shown } from "../brand/brand.ts";
import { normalDomain } from "../brand/domain.ts";
import type { LogoFormat } from "../brand/providers.ts";
import type { Mount, RequestContext } from "../context.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { may } from "../session/gate.ts";
import { matches } from "./assets.ts";

/** Should a picture be opened as a page: nothing runs, nothing is loaded. A greyed one holds its original, an own SVG its styles. */
const picturePolicy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Seconds for which a browser may show an old one while it asks anew. */
const staleSeconds = 7 * 24 * 3600;

export const logoPath = "/brand/:domain";
export const imagesPath = "/brand/:domain/images";
export const imagePath = "/brand/:domain/images/:index{[0-9]{1,2}}";

export function brandRoutes(app: Mount, services: Services, brand: Brand | undefined): void {
  if (brand === undefined) return;
  const open = may(services, "look-up");

  app.get(logoPath, open, async (c) => show(c, await brand.logo(domainParam(c, brand), logoRequest(c))));

  app.get(imagesPath, open, (c) => {
    const domain = domainParam(c, brand);
    const images = Array.from({ length: brand.imageCount(domain) }, (_, index) => ({ path: `/brand/${domain}/images/${index}` }));
    c.header("cache-control", "public, max-age=3600");
    c.header("cross-origin-resource-policy", "cross-origin");
    return c.json({ domain, images });
  });

  app.get(imagePath, open, async (c) => {
    const shown = await brand.image(domainParam(c, brand), Number(c.req.param("index")));
    if (shown === undefined) throw new Refusal("not-found");
    return show(c, shown);
  });
}

/** The domain in the path, in its normal form. Throws `malformed`; `not-found` for one that the host did not allow. */
function domainParam(c: RequestContext, brand: Brand): string {
  const domain = normalDomain(c.req.param("domain") ?? "");
  if (domain === undefined) throw new Refusal("malformed", { detail: "The path has no domain." });
  if (!brand.serves(domain)) throw new Refusal("not-found");
  return domain;
}

/** `size` (8 to 512 pixels, 128), `format` (png, jpg, webp, svg), `greyscale` (true, false). Throws `malformed`. */
function logoRequest(c: RequestContext): LogoRequest {
  const { size = "128", format = "png", greyscale = "false" } = c.req.query();
  const pixels = /^[0-9]{1,3}$/.test(size) ? Number(size) : 0;
  if (pixels < 8 || pixels > 512) throw new Refusal("malformed", { detail: "The query size is a number from 8 to 512." });
  if (!isFormat(format)) throw new Refusal("malformed", { detail: "The query format is png, jpg, webp or svg." });
  if (greyscale !== "true" && greyscale !== "false") throw new Refusal("malformed", { detail: "The query greyscale is true or false." });
  return { size: pixels, format, greyscale: greyscale === "true" };
}

function isFormat(text: string): text is LogoFormat {
  return ["png", "jpg", "webp", "svg"].includes(text);
}

function show(c: RequestContext, { source, picture, maxAge }: Shown): Response {
  const etag = `"${createHash("sha256").update(picture.bytes).digest("base64url").slice(0, 27)}"`;
  const headers = {
    etag,
    "cache-control": `public, max-age=${maxAge}, stale-while-revalidate=${staleSeconds}`,
    "content-security-policy": picturePolicy,
    // A page may embed the elements from elsewhere, and the pictures are public.
    "cross-origin-resource-policy": "cross-origin",
    "keyfold-brand": source,
  };
  if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
  return c.body(picture.bytes, 200, { ...headers, "content-type": picture.type });
}
