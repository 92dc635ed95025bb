/**
 * Builds the recovery page: script, style and SQLite's WebAssembly in one HTML file, whose policy names them by their hashes and lets nothing else in.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { Plugin } from "esbuild";

const require = createRequire(import.meta.url);

/** `keyfold:sqlite-wasm`: sql.js's WebAssembly, gzipped, in base64. Half a megabyte, of which three quarters would be more ungzipped. */
export const sqliteWasm: Plugin = {
  name: "sqlite-wasm",
  setup(build) {
    build.onResolve({ filter: /^keyfold:sqlite-wasm$/ }, ({ path }) => ({ path, namespace: "sqlite-wasm" }));
    build.onLoad({ filter: /./, namespace: "sqlite-wasm" }, () => {
      const wasm = readFileSync(require.resolve("sql.js/dist/sql-wasm-browser.wasm"));
      return { contents: `export default "${gzipSync(wasm, { level: 9 }).toString("base64")}";`, loader: "js" };
    });
  },
};

const style = `
      html {
        color-scheme: light dark;
        background: light-dark(oklch(0.997 0.001 220), oklch(0.222 0.014 232));
      }
      body {
        margin: 0;
      }
    `;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * `connect-src 'self'` is the server that served the page, where one did; of a page that was opened from a file nothing can be fetched.
 * `wasm-unsafe-eval` lets WebAssembly be compiled, and no script.
 */
export function writeRecoverPage(scriptPath: string, pagePath: string): void {
  const script = readFileSync(scriptPath, "utf8").trim();
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its own element.");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  writeFileSync(pagePath, pageOf(policy, script));
  rmSync(scriptPath);
}

function pageOf(policy: string, script: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <meta name="referrer" content="no-referrer" />
    <title>Keyfold: get your files back</title>
    <style>${style}</style>
  </head>
  <body>
    <noscript>This page decrypts in your browser, and needs JavaScript for it.</noscript>
    <script type="module">${script}</script>
  </body>
</html>
`;
}
