import { mkdtempSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { esbuildPlugin } from "@web/dev-server-esbuild";
import { defaultReporter } from "@web/test-runner";
import { chromeLauncher } from "@web/test-runner-chrome";
import { countReporter } from "../../scripts/count-reporter.mjs";

const root = new URL("../../", import.meta.url).pathname;

/** CommonJS packages, served as one bundled module each, with the names that are imported from them. */
const bundled = new Map([["qrcode", ["create"]]]);

/** Sources of the workspace are tested, not builds: `@keyfold/core` is its source here. */
const workspace = {
  name: "workspace",
  resolveImport({ source }) {
    if (source === "@keyfold/core") return "/packages/core/src/index.ts";
    if (bundled.has(source)) return `/__bundled/${source}.js`;
    return undefined;
  },
  /** What bundlers do for those who use the library. */
  transform({ path, body }) {
    if (!path.includes("/@tanstack/") || typeof body !== "string") return undefined;
    return body.replaceAll("process.env.NODE_ENV", '"production"');
  },
  async serve({ path }) {
    const name = /^\/__bundled\/(.+)\.js$/.exec(path)?.[1];
    if (name === undefined || !bundled.has(name)) return undefined;
    const result = await build({
      stdin: {
        contents: `import whole from ${JSON.stringify(name)}; export const { ${bundled.get(name).join(", ")} } = whole;`,
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
  reporters: [defaultReporter(), countReporter()],
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
