import { createHash } from "node:crypto";
import { cp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { make, outline } from "../../test/devices.ts";
import { devicesOnEmptyServer } from "../../test/devices-on-server.ts";
import type { Folder } from "../index.ts";

interface SqliteFile {
  backup(path: string): Promise<unknown>;
  close(): void;
}
// The server's own driver, for its online backup; core does not depend on it.
const Sqlite = createRequire(createRequire(import.meta.url).resolve("@keyfold/server")).call(null, "better-sqlite3") as new (
  path: string,
) => SqliteFile;

const { devices, server } = devicesOnEmptyServer();
afterEach(() => rm(`${server.dataDir}.backup`, { force: true }));

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A device that writes until it is told to stop: files small and large, names, places, the trash. */
class Writer {
  readonly folder: Folder;
  /** SHA-256 by name of what the folder has confirmed, wherever it lies now. */
  readonly confirmed = new Map<string, string>();
  readonly #name: string;
  readonly #running: Promise<void>;
  readonly #awaited: { readonly rounds: number; readonly resolve: () => void }[] = [];
  #stopped = false;
  #rounds = 0;

  constructor(folder: Folder, name: string) {
    this.folder = folder;
    this.#name = name;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const round = this.#rounds;
      const name = `${this.#name}-${round}.bin`;
      const bytes = crypto.getRandomValues(new Uint8Array(round % 7 === 3 ? 60_000 : 900 + round));
      await this.folder.upload([{ file: new Blob([bytes]), name, path: [this.#name] }]);
      this.confirmed.set(name, digest(bytes));
      if (round % 3 === 1) await this.folder.move([`/${this.#name}/${name}`], "/moved");
      else if (round % 4 === 2) await this.folder.trash([`/${this.#name}/${name}`]);
      this.#rounds++;
      this.#awaited.filter(({ rounds }) => rounds === this.#rounds).forEach(({ resolve }) => resolve());
    }
  }

  /** Resolves after so many more rounds. Rejects with what ended it. */
  async go(rounds: number): Promise<void> {
    const reached = Promise.withResolvers<void>();
    this.#awaited.push({ rounds: this.#rounds + rounds, resolve: reached.resolve });
    await Promise.race([reached.promise, this.#running]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}

test(
  "a database that is put back to a backup while three devices write: they give back what it lost, and no file's content is missing",
  {
    timeout: 120_000,
  },
  async () => {
    const { folders, key } = await devices.locked(3);
    await make(folders[0], "moved");
    for (const folder of folders) await folder.refresh();
    const writers = folders.map((folder, i) => new Writer(folder, `device${i}`));

    await Promise.all(writers.map((writer) => writer.go(5)));
    // While they write, as a host's nightly job does it: the database alone; the store of parts is not set back.
    const database = new Sqlite(join(server.dataDir, "keyfold.db"));
    await database.backup(`${server.dataDir}.backup`);
    database.close();
    await Promise.all(writers.map((writer) => writer.go(8)));

    await server.stop();
    for (const suffix of ["-wal", "-shm"]) await rm(join(server.dataDir, `keyfold.db${suffix}`), { force: true });
    await cp(`${server.dataDir}.backup`, join(server.dataDir, "keyfold.db"));
    await server.start();

    await Promise.all(writers.map((writer) => writer.go(4)));
    await Promise.all(writers.map((writer) => writer.stop()));
    for (const { folder } of writers) await folder.settled();
    for (const { folder } of writers) await folder.refresh();

    const witness = await devices.using(devices.client().open(key));
    for (const { folder } of writers) expect(outline(folder)).toEqual(outline(witness));
    const contents = new Map<string, string>();
    await witness.restore(witness.state.tree.trash().map(({ id }) => ({ node: id })));
    for (const node of witness.state.tree.descend(null)) {
      if (node.kind === "file")
        contents.set(node.displayName, digest(new Uint8Array(await (await witness.download({ node: node.id })).arrayBuffer())));
    }
    for (const { confirmed } of writers) for (const [name, hash] of confirmed) expect(contents.get(name)).toBe(hash);
  },
);
