import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    node: "src/node.ts",
    "server-command/keyfold-server": "src/server-command/keyfold-server.ts",
  },
  format: "esm",
  target: "node22",
  dts: false,
  clean: true,
  splitting: true,
});
