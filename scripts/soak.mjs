// Checks the laws of core over and over with new seeds, as long as it is told: `npm run soak -- --minutes 10`.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const soak = join(root, "packages", "core", "test", "soak.ts");
const { status } = spawnSync("node", ["--disable-warning=ExperimentalWarning", soak, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
