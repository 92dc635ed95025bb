/** Folders that are shared, and people who have nothing but a link, for tests. */
import { afterEach, vi } from "vitest";
import { generateKey, type Folder, type KeyfoldOptions, type OpenedShare, type TreeView } from "../src/index.ts";
import type { Bytes } from "../src/crypto/provider.ts";
import { devicesOnServer, type DevicesOnServer } from "./devices-on-server.ts";
import { textFile, type Meddler } from "./devices.ts";

export interface SharingOnServer extends DevicesOnServer {
  readonly clock: {
    /** Milliseconds by which the server's clock is ahead. */
    ahead: number;
  };
  /** A locked folder on one device, with /papers/2026/return.pdf, /papers/notes.txt and /other.txt. */
  readonly papers: (options?: Partial<KeyfoldOptions>) => Promise<{ key: Bytes; folder: Folder }>;
  /** Opens a link as somebody who has nothing but it. Closed after the test. */
  readonly openLink: (link: string, passphrase?: string, options?: Partial<KeyfoldOptions>) => Promise<OpenedShare>;
}

/** To be called at the top of a test file. */
export function sharingOnServer(): SharingOnServer {
  const clock = { ahead: 0 };
  const { devices, server } = devicesOnServer({ clock: () => Date.now() + clock.ahead });
  const opened: OpenedShare[] = [];
  afterEach(() => {
    for (const share of opened.splice(0)) share.close();
  });
  return {
    devices,
    server,
    clock,
    async papers(options) {
      const key = generateKey();
      const folder = await devices.using(devices.client(options).create({ key }));
      await folder.upload([textFile("return.pdf", "the return")], { to: "/papers/2026" });
      await folder.upload([textFile("notes.txt", "the notes")], { to: "/papers" });
      await folder.upload([textFile("other.txt", "not shared")]);
      return { key, folder };
    },
    async openLink(link, passphrase, options) {
      const share = await devices.client(options).openShare(link, passphrase === undefined ? {} : { passphrase });
      opened.push(share);
      return share;
    },
  };
}

export function pathsOf(tree: TreeView): string[] {
  return Array.from(tree.descend(null), (node) =>
    tree
      .path(node.id)
      .map(({ displayName }) => displayName)
      .join("/"),
  ).toSorted();
}

export async function textOf(source: OpenedShare | Folder, path: string): Promise<string> {
  return (await source.download(path)).text();
}

/** Resolves when something has published so many times through this wire. */
export function publications(wire: Meddler): (count: number) => Promise<void> {
  let seen = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  wire.after = (request, response) => {
    if (!/^PUT \/folders\/\w+\/shares\//.test(request) || !response.ok) return undefined;
    seen++;
    for (const { count, resolve } of waiting) if (seen >= count) resolve();
    return undefined;
  };
  return (count) => new Promise((resolve) => (seen >= count ? resolve() : waiting.push({ count, resolve })));
}

/** Looks again until it holds: what another device, or a server, comes to tells nobody here. */
export function soon(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}
