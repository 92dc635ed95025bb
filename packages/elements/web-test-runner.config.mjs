import { mkdtempSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { esbuildPlugin } from "@web/dev-server-esbuild";
import { chromeLauncher } from "@web/test-runner-chrome";

const root = new URL("../../", import.meta.url).pathname;

/** CommonJS packages, served as one bundled module each. */
const bundled = new Set(["qrcode"]);

/** Sources of the workspace are tested, not builds: `@keyfold/core` is its source here. */
const workspace = {
  name: "workspace",
  resolveImport({ source }) {
    if (source === "@keyfold/core") return existsSync(join(root, "packages/core/src/index.ts")) ? "/packages/core/src/index.ts" : "/__bundled/core.js";
    if (bundled.has(source)) return `/__bundled/${source}.js`;
    return undefined;
  },
  async serve({ path }) {
    if (path === "/__bundled/core.js") return { body: 'export * from "/packages/core/src/error.ts"; export * from "/packages/core/src/key/rows.ts"; export * from "/packages/core/src/key/file.ts";', type: "js" };
    const name = /^\/__bundled\/(.+)\.js$/.exec(path)?.[1];
    if (name === undefined || !bundled.has(name)) return undefined;
    const result = await build({
      stdin: {
        contents: `export { default } from ${JSON.stringify(name)}; export * from ${JSON.stringify(name)};`,
        resolveDir: join(root, "packages/elements"),
      },
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
    });
    return { body: result.outputFiles[0].text, type: "js" };
  },
};

const executablePath = process.env.CHROMIUM_PATH ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);

export default {
  files: ["src/**/*.test.ts"],
  rootDir: "../..",
  nodeResolve: { exportConditions: ["browser", "import", "default"] },
  plugins: [workspace, esbuildPlugin({ ts: true, tsconfig: join(root, "tsconfig.web.json"), target: "es2022" })],
  concurrency: 1,
  browsers: [
    chromeLauncher({
      launchOptions: {
        ...(executablePath === undefined ? {} : { executablePath }),
        userDataDir: mkdtempSync(join(tmpdir(), "keyfold-elements-")),
        args: [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
      },
    }),
  ],
  testFramework: { config: { timeout: 10_000 } },
  testsFinishTimeout: 300_000,
};
