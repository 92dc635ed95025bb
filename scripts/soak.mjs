// Checks the laws of core over and over with new seeds, as long as it is told: `npm run soak -- --minutes 10`.
// With `--database all` (or sqlite, postgres, mysql): servers over real databases, killed, stopped and cut off, at length.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const soak = join(root, "packages", "core", "test", "soak.ts");
const server = join(root, "packages", "server", "test");
const script = process.argv.includes("--database") ? ["--import", join(server, "source.mjs"), join(server, "soak", "main.ts")] : [soak];
const { status } = spawnSync("node", ["--disable-warning=ExperimentalWarning", ...script, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
