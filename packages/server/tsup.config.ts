import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    node: "src/node.ts",
    bullmq: "src/bullmq.ts",
    "database/postgres": "src/database/postgres.ts",
    "database/mysql": "src/database/mysql.ts",
    "server-command/keyfold-server": "src/server-command/keyfold-server.ts",
  },
  format: "esm",
  target: "node22",
  dts: false,
  clean: true,
  splitting: true,
});
