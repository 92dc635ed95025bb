/**
 * Where logos come from: a few lines each. All of them are asked by the server; a visitor's browser talks to nobody else.
 *
 * Their terms are the host's business: some want a link, some an agreement before a server may ask or keep.
 *
 * @module
 */

export type LogoFormat = "png" | "jpg" | "webp" | "svg";

export interface LogoAsk {
  /** As the DNS knows it: Punycode. */
  readonly domain: string;
  /** Pixels, of a square. */
  readonly size: number;
  readonly format: LogoFormat;
  readonly greyscale: boolean;
}

export interface LogoProvider {
  /** Stands in `Keyfold-Brand` and in log lines. Lowercase letters, digits, dashes. */
  readonly name: string;
  /** Whether it greys by itself what is asked for in grey; else that is done here. */
  readonly greys?: boolean;
  /** Where the logo is; undefined where this one has none of this kind. */
  url(ask: LogoAsk): string | undefined;
}

/** Only PNG, JPEG and WebP are taken from elsewhere. */
function raster(format: LogoFormat): "png" | "jpg" | "webp" {
  return format === "svg" ? "png" : format;
}

/**
 * `<base>/<domain>?size=&format=&greyscale=`: what logo.clearbit.com answered until its owner closed it on 1 December 2025. Others answer in that shape.
 *
 * @param base Without a slash at its end.
 */
export function clearbitShaped(base: string, name = "clearbit"): LogoProvider {
  return {
    name,
    greys: true,
    url({ domain, size, format, greyscale }) {
      const shape = format === "jpg" ? "jpg" : "png"; // it knows these two
      return `${base}/${domain}?size=${size}&format=${shape}${greyscale ? "&greyscale=true" : ""}`;
    },
  };
}

export function logoDev({ token }: { readonly token: string }): LogoProvider {
  return {
    name: "logo-dev",
    greys: true,
    url({ domain, size, format, greyscale }) {
      const query = new URLSearchParams({ token, size: String(size), format: raster(format), fallback: "404" });
      if (greyscale) query.set("greyscale", "true");
      return `https://img.logo.dev/${domain}?${query.toString()}`;
    },
  };
}

/** Brandfetch wants its pictures in pages, not through servers, unless it agreed to more: ask them first. */
export function brandfetch({ clientId }: { readonly clientId: string }): LogoProvider {
  return {
    name: "brandfetch",
    url: ({ domain, size }) =>
      `https://cdn.brandfetch.io/domain/${domain}/w/${size}/h/${size}/fallback/404/type/icon?c=${encodeURIComponent(clientId)}`,
  };
}

/** The site's own icon, as DuckDuckGo keeps it. */
export function duckDuckGo(): LogoProvider {
  return { name: "duckduckgo", url: ({ domain }) => `https://icons.duckduckgo.com/ip3/${domain}.ico` };
}

/** The site's own icon, as Google keeps it. */
export function google(): LogoProvider {
  return { name: "google", url: ({ domain, size }) => `https://www.google.com/s2/favicons?domain=${domain}&sz=${size}` };
}
