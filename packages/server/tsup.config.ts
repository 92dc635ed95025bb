import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/node.ts", "src/database/postgres.ts", "src/database/mysql.ts"],
  format: "esm",
  target: "node22",
  dts: false,
  clean: true,
  splitting: true,
});
