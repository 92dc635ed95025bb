import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@keyfold\/core\/protocol$/, replacement: source("../core/src/protocol/index.ts") },
      { find: /^@keyfold\/core$/, replacement: source("../core/src/index.ts") },
      { find: /^@keyfold\/server\/node$/, replacement: source("../server/src/node.ts") },
      { find: /^@keyfold\/server$/, replacement: source("../server/src/index.ts") },
    ],
  },
  test: { include: ["src/**/*.test.ts", "test/**/*.test.ts"] },
});
