// Everything that must hold: types, lint and import arrows, build, tests of the packages, elements in a real browser, the main story end to end.
// Prints one line a step, and closes with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser } from "./browser.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const only = process.argv.slice(2);
const results = mkdtempSync(join(tmpdir(), "keyfold-test-"));
const steps = [];

function run(name, folder, command, args, environment = {}) {
  if (only.length > 0 && !only.includes(name)) return;
  console.log(`\n── ${name}`);
  const started = Date.now();
  const report = join(results, `${name}.json`);
  const { status } = spawnSync(
    command,
    args.map((argument) => argument.replace("{report}", report)),
    {
      cwd: join(root, folder),
      stdio: "inherit",
      env: { ...process.env, ...environment, TEST_REPORT: report },
      shell: process.platform === "win32",
    },
  );
  const counted = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  const failedTests = counted.numFailedTests ?? 0;
  steps.push({
    name,
    passed: counted.numPassedTests ?? (status === 0 ? 1 : 0),
    failed: status === 0 ? failedTests : Math.max(1, failedTests),
    skipped: (counted.numPendingTests ?? 0) + (counted.numTodoTests ?? 0),
    seconds: (Date.now() - started) / 1000,
  });
}

const vitest = ["run", "--reporter=default", "--reporter=json", "--outputFile.json={report}"];
const browser = only.length === 0 || only.includes("elements") || only.includes("story") ? { CHROMIUM_PATH: findBrowser() } : {};

run("build", ".", "node", ["scripts/build.mjs", "--types"]);
run("types", ".", "tsc", ["-p", "tsconfig.json", "--noEmit"]);
run("lint", ".", "oxlint", ["--type-aware", "--deny-warnings"]);
run("format", ".", "oxfmt", ["--check", "."]);
run("arrows", ".", "depcruise", ["--config", ".dependency-cruiser.mjs", "packages", "examples"]);
run("core", "packages/core", "vitest", vitest);
run("server", "packages/server", "vitest", vitest);
run("elements", "packages/elements", "./node_modules/.bin/web-test-runner", [], browser);
run("story", "test", "vitest", vitest, browser);

rmSync(results, { recursive: true, force: true });
console.log("");
for (const { name, passed, failed, skipped, seconds } of steps) {
  console.log(
    `${failed > 0 ? "✗" : "✓"} ${name.padEnd(9)} ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}, ${seconds.toFixed(1)} s`,
  );
}
const sum = (key) => steps.reduce((total, step) => total + step[key], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") ? `, ${sum("skipped")} skipped` : ""}`);
process.exit(sum("failed") > 0 ? 1 : 0);
