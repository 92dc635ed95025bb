import { defineConfig } from "tsup";

const common = { format: "esm", target: "es2023", dts: false } as const;

export default defineConfig([
  {
    ...common,
    entry: ["src/index.ts", "src/protocol/index.ts"],
    clean: ["!noble-worker.js"],
    splitting: true,
  },
  {
    // A script that runs alone: bundlers and servers copy it as it is.
    ...common,
    entry: { "noble-worker": "src/crypto/noble-worker.ts" },
    platform: "browser",
    splitting: false,
    minify: true,
    noExternal: [/./],
  },
]);
