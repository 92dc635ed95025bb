/** Backups of a server, and what they are put back over. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { LocalServer } from "./local-server.ts";

export interface Backups {
  /** Copies the server's data folder, database and blobs, and gives the copy's path. It is removed after the test. */
  readonly backUp: () => Promise<string>;
  /** Puts a copy in the place of the data folder; of the database alone, where only that is kept in backups. */
  readonly restore: (backup: string, what?: "all" | "database") => Promise<void>;
}

/** The server is stopped for each, and started again. To be called where hooks may be registered. */
export function backupsOf(server: LocalServer): Backups {
  const backups: string[] = [];
  afterEach(async () => {
    for (const backup of backups.splice(0)) await rm(backup, { recursive: true, force: true });
  });
  return {
    async backUp() {
      const backup = `${server.dataDir}-${backups.length}`;
      backups.push(backup);
      await server.stop();
      await cp(server.dataDir, backup, { recursive: true });
      await server.start();
      return backup;
    },
    async restore(backup, what = "all") {
      await server.stop();
      const names = what === "all" ? [""] : ["keyfold.db", "keyfold.db-wal", "keyfold.db-shm"];
      for (const name of names) {
        await rm(join(server.dataDir, name), { recursive: true, force: true });
        await cp(join(backup, name), join(server.dataDir, name), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT") throw error;
        });
      }
      await server.start();
    },
  };
}
