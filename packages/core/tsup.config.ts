import { defineConfig } from "tsup";

const common = { format: "esm", target: "es2023", dts: false } as const;

export default defineConfig([
  {
    ...common,
    entry: {
      index: "src/index.ts",
      "protocol/index": "src/protocol/index.ts",
      "recover/index": "src/recover/index.ts",
      "recover-command/keyfold-recover": "src/recover-command/keyfold-recover.ts",
    },
    // `sqlite` without `node:` is another module.
    removeNodeProtocol: false,
    clean: ["!noble-worker.js", "!sending-worker.js"],
    splitting: true,
  },
  {
    // Scripts that run alone: bundlers and servers copy them as they are.
    ...common,
    entry: { "noble-worker": "src/crypto/noble-worker.ts", "sending-worker": "src/transfer/sending-worker.ts" },
    platform: "browser",
    splitting: false,
    minify: true,
    noExternal: [/./],
  },
]);
