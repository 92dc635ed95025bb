import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/protocol/index.ts"],
  format: "esm",
  target: "es2023",
  dts: false,
  clean: true,
  splitting: true,
});
