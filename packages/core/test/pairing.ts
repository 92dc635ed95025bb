/** Two devices that pair, for tests. */
import { beforeEach } from "vitest";
import { generateKey, type Folder, type Pairing } from "../src/index.ts";
import type { Bytes, CryptoProvider } from "../src/crypto/provider.ts";
import { deriveMeeting, parsePairingCode } from "../src/pair/code.ts";
import { devicesOnServer, type DevicesOnServer } from "./devices-on-server.ts";
import { meddler, type Meddler } from "./devices.ts";

type Between = Partial<Pick<Meddler, "fetch">>;

interface Met {
  readonly folder: Folder;
  readonly key: Bytes;
  /** On the device that shows the code. */
  readonly old: Pairing;
  /** On the one that has scanned it. */
  readonly newer: Pairing<Folder>;
  readonly text: string;
}

export interface PairingOnServer extends DevicesOnServer {
  /** The server's, in milliseconds. Each test begins at the present. */
  readonly clock: { now: number };
  /** A locked folder that holds something, signed in on one device, and its key. */
  readonly lockedFolder: (between?: Between) => Promise<{ folder: Folder; key: Bytes }>;
  /** As `lockedFolder`, with its pairing shown and scanned by another device. */
  readonly met: (given?: Between, taken?: Between) => Promise<Met>;
  /** Both look, both persons confirm, and the new device has the folder. */
  readonly completed: (old: Pairing, newer: Pairing<Folder>) => Promise<Folder>;
}

/** To be called at the top of a test file. */
export function pairingOnServer(): PairingOnServer {
  const clock = { now: 0 };
  const { devices, server } = devicesOnServer({ clock: () => clock.now });
  beforeEach(() => {
    clock.now = Date.now();
  });

  async function lockedFolder(between: Between = {}): Promise<{ folder: Folder; key: Bytes }> {
    const key = generateKey();
    const folder = await devices.using(devices.client(between).create({ key }));
    await folder.createDirectory("/2026");
    await folder.settled();
    return { folder, key };
  }

  return {
    devices,
    server,
    clock,
    lockedFolder,
    async met(given = {}, taken = {}) {
      const { folder, key } = await lockedFolder(given);
      const old = await folder.pair({ key });
      const { text } = old;
      const newer = await devices.client(taken).joinByPairing(text);
      return { folder, key, old, newer, text };
    },
    async completed(old, newer) {
      await look(old, newer);
      await Promise.all([old.confirm(), newer.confirm()]);
      await look(old, newer);
      await old.finished;
      return devices.using(newer.finished);
    },
  };
}

/** Both look, in turn, as they would within a second or two of each other. */
export async function look(old: Pairing, newer: Pairing<Folder>, times = 3): Promise<void> {
  for (let i = 0; i < times; i++) {
    await old.refresh();
    await newer.refresh();
  }
}

/** Rewrites what the server answers to one kind of request. */
export function rewriting(pattern: RegExp, rewrite: (answer: Record<string, unknown>) => Record<string, unknown>): Meddler {
  const between = meddler();
  between.after = async (request, response) => {
    if (!pattern.test(request) || !response.ok) return response;
    return Response.json(rewrite((await response.json()) as Record<string, unknown>), { headers: response.headers });
  };
  return between;
}

/** What whoever has seen a code knows. */
export async function meetingOf(provider: CryptoProvider, text: string) {
  const code = parsePairingCode(text);
  const keys = await deriveMeeting(provider, code.secret);
  return { code, keys, id: keys.pairId };
}
