/**
 * What a host says about logos and brand pictures. Without it there are none.
 *
 * @module
 */

import type { LogoProvider } from "./providers.ts";

/**
 * A picture of the host's own: its bytes, an `https://` address (fetched under the same guard as any other), or the path of a file.
 * PNG, JPEG, GIF, WebP, ICO; SVG too where it is bytes or a file.
 */
export type OwnPicture = Uint8Array | string;

/** Four colours, `#rrggbb`: three shades and the ground. */
export type Palette = readonly [string, string, string, string];

export interface BrandOptions {
  /**
   * For which domains pictures are served, and so fetched: their names, `*.example.com` for all below one, or `"all"`. Every other one is 404.
   * Domains in `logos` and `images` need not be repeated here.
   */
  readonly domains?: readonly string[] | "all" | undefined;
  /** Asked in this order, the first that has a logo is taken. Default: none, which draws monograms. */
  readonly providers?: readonly LogoProvider[] | undefined;
  /** Logos of the host's own, by domain: before all providers. */
  readonly logos?: Readonly<Record<string, OwnPicture>> | undefined;
  /** Pictures for the foot of a page, by domain. Others are drawn. */
  readonly images?: Readonly<Record<string, readonly OwnPicture[]>> | undefined;
  /** Of what is drawn. Default: one that derives from the domain. */
  readonly palette?: Palette | undefined;
  /** Milliseconds that a fetch may take, redirects and body included. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds that a request waits for what is being fetched before it is answered with the drawn one. Default 3,000. */
  readonly waitMs?: number | undefined;
  /** **For tests alone**: lets the server fetch from local upstreams. */
  readonly unsafeForTests?: UnsafeForTests | undefined;
}

/** What opens the guard. Nobody who sets any of it on a public server is safe from requests to their own network. */
export interface UnsafeForTests {
  /** Allows `http:`. */
  readonly http?: boolean;
  /** Certificates to trust besides, PEM. */
  readonly ca?: string;
  /** Lets an address through that is not public. */
  readonly address?: (address: string, port: number) => boolean;
  /** In place of the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}
