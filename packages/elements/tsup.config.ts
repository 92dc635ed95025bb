import { copyFileSync } from "node:fs";
import { sqliteWasm, writeRecoverPage } from "./recover-page.ts";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig } from "tsup";

const require = createRequire(import.meta.url);

/** tsup tells esbuild where the compiler's options are; decorators are the legacy ones. */
const tsconfig = "tsconfig.build.json";

export default defineConfig([
  {
    // For bundlers: classes, and what registers them, apart; dependencies stay outside.
    name: "library",
    entry: { index: "src/index.ts", "define/index": "src/define/index.ts", "locales/de": "src/locales/de/index.ts", ...defineEntries() },
    format: "esm",
    target: "es2022",
    platform: "browser",
    splitting: true,
    dts: false,
    tsconfig,
  },
  {
    // For pages: everything in one script, which registers all elements. What few visitors need (PDF pages) is a chunk that is loaded then.
    name: "page",
    entry: { elements: "src/elements.ts" },
    format: "esm",
    target: "es2022",
    platform: "browser",
    splitting: true,
    minify: true,
    noExternal: [/./],
    dts: false,
    tsconfig,
  },
  {
    // Scripts that run alone: pages and workers of the mount. One file each, no imports: a service worker is a classic script.
    name: "mount",
    entry: {
      "keyfold-service-worker": "src/service-worker/keyfold-service-worker.ts",
      frame: "src/service-worker/frame.ts",
      // Beside the scripts that start them, core's own: what sends large files, and what encrypts on pages without WebCrypto.
      "sending-worker": require.resolve("@keyfold/core/sending-worker.js"),
      "noble-worker": require.resolve("@keyfold/core/noble-worker.js"),
      "pdf.worker": require.resolve("pdfjs-dist/build/pdf.worker.min.mjs"),
    },
    format: "esm",
    target: "es2022",
    platform: "browser",
    splitting: false,
    minify: true,
    noExternal: [/./],
    dts: false,
    tsconfig,
    onSuccess: async () => {
      copyFileSync("src/service-worker/frame.html", "dist/frame.html");
      copyFileSync("src/theme/reserve.css", "dist/reserve.css");
    },
  },
  {
    // One page that is one file: it is saved beside a kit, and opened years later without a network.
    name: "recover",
    entry: { recover: "src/recover/page.ts" },
    format: "esm",
    target: "es2022",
    platform: "browser",
    splitting: false,
    minify: true,
    noExternal: [/./],
    dts: false,
    tsconfig,
    esbuildPlugins: [sqliteWasm],
    onSuccess: async () => writeRecoverPage("dist/recover.js", "dist/recover.html"),
  },
]);

function defineEntries(): Record<string, string> {
  const names = [
    "alert brand details folder footer key-bar key-ceremony key-entry list manager qr search status transfers tree uploader preview",
  ].flatMap((line) => line.split(" "));
  return Object.fromEntries(names.map((name) => [`define/${name}`, fileURLToPath(new URL(`src/define/${name}.ts`, import.meta.url))]));
}
