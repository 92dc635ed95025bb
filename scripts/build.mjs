// Builds the packages in the order of their arrows; skips a package whose sources and upstream builds did not change.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const order = ["core", "server", "elements"];

export function build({ types = false } = {}) {
  const upstream = createHash("sha256");
  for (const name of order) {
    const folder = join(root, "packages", name);
    for (const file of globSync(["src/**/*", "*.ts", "*.json", "*.mjs"], { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()) {
      if (/\.(test|stories)\.ts$/.test(file)) continue;
      upstream.update(file).update("\0").update(readFileSync(file)).update("\0");
    }
    upstream.update(readFileSync(join(root, "pnpm-lock.yaml")));
    const digest = `${upstream.copy().digest("hex")}${types ? " types" : ""}`;
    const stamp = join(folder, "dist", ".stamp");
    if (existsSync(stamp) && readFileSync(stamp, "utf8").startsWith(digest)) continue;
    console.log(`Building @keyfold/${name}`);
    const commands = [["tsup", ["--silent"]]];
    if (types) commands.push(["tsc", ["-p", "tsconfig.build.json"]]);
    for (const [command, args] of commands) {
      const { status } = spawnSync(command, args, { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
      if (status !== 0) process.exit(status ?? 1);
    }
    writeFileSync(stamp, digest);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build({ types: process.argv.includes("--types") });
