// Runs a task of the project on any machine with Node and npm: brings a Node and a pnpm that fit into .tools/ where the machine's do not,
// installs what the lock file says, then hands over to scripts/<task>.mjs. No dependency, and it must run on old Nodes itself.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === "win32";
const nodeVersion = "24.21.0";
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pnpmVersion = packageManager.split("@")[1];

const [task, ...rest] = process.argv.slice(2);
const environment = { ...process.env };
delete environment.npm_config_prefix;

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", env: environment, shell: windows, ...options });
  if (result.error) throw result.error;
  return result;
}

function output(command, args) {
  const result = run(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  return result.status === 0 ? String(result.stdout).trim() : "";
}

function quietly(command, args) {
  try {
    return output(command, args);
  } catch {
    return "";
  }
}

const [major, minor] = process.versions.node.split(".").map(Number);
const nodeFits = major > 22 || (major === 22 && minor >= 18);
const pnpmFits = quietly("pnpm", ["--version"]).split(".")[0] === pnpmVersion.split(".")[0];

const missing = [];
if (!nodeFits) missing.push(`node@${nodeVersion}`);
if (!pnpmFits || !nodeFits) missing.push(`pnpm@${pnpmVersion}`);
if (missing.length > 0) {
  const bin = join(root, ".tools", "node_modules", ".bin");
  const stamp = join(root, ".tools", "stamp");
  const wanted = missing.join(" ");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    console.log(`Fetching ${wanted} into .tools/`);
    mkdirSync(join(root, ".tools"), { recursive: true });
    const status = run("npm", [
      "install",
      "--prefix",
      ".tools",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      ...missing,
    ]).status;
    if (status !== 0) process.exit(status ?? 1);
    writeFileSync(stamp, wanted);
  }
  environment.PATH = [bin, environment.PATH].join(delimiter);
}
environment.PATH = [join(root, "node_modules", ".bin"), environment.PATH].join(delimiter);

// Installed already and the lock file unchanged: nothing to do, so that a second start is quick.
const lock = createHash("sha256")
  .update(readFileSync(join(root, "pnpm-lock.yaml")))
  .digest("hex");
const installed = join(root, "node_modules", ".keyfold-lock");
const fresh = existsSync(installed) && readFileSync(installed, "utf8") === lock && statSync(join(root, "node_modules")).isDirectory();
if (!fresh) {
  const status = run("pnpm", ["install", "--frozen-lockfile", "--reporter=append-only"], { env: { ...environment, CI: "true" } }).status;
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(installed, lock);
}

process.exit(run("node", [join("scripts", `${task}.mjs`), ...rest]).status ?? 1);
