import { defineConfig } from "tsup";

const common = { format: "esm", target: "es2023", dts: false } as const;

export default defineConfig([
  {
    ...common,
    entry: ["src/index.ts", "src/protocol/index.ts"],
    clean: ["!noble-worker.js", "!sending-worker.js"],
    splitting: true,
  },
  {
    // Scripts that run alone: bundlers and servers copy them as they are.
    ...common,
    entry: { "noble-worker": "src/crypto/noble-worker.ts", "sending-worker": "src/api/sending-worker.ts" },
    platform: "browser",
    splitting: false,
    minify: true,
    noExternal: [/./],
  },
]);
