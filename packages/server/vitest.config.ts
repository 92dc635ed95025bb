import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@keyfold\/core\/protocol$/, replacement: source("../core/src/protocol/index.ts") },
      { find: /^@keyfold\/core$/, replacement: source("../core/src/index.ts") },
      { find: /^@keyfold\/server\/(node|bullmq)$/, replacement: source("../server/src/$1.ts") },
      { find: /^@keyfold\/server\/(postgres|mysql)$/, replacement: source("../server/src/database/$1.ts") },
      { find: /^@keyfold\/server$/, replacement: source("../server/src/index.ts") },
    ],
  },
  test: {
    // For what hangs; how long something takes is no test's matter.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "sqlite", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } },
      // What is asked of the server over its routes is asked over each database.
      ...["postgres", "mysql"].map((name) => ({
        extends: true as const,
        test: {
          name,
          include: ["src/{routes,log,shares,jobs,webhooks}/**/*.test.ts", "src/fuzz.test.ts"],
          exclude: [
            // Of files, or of what does not lie in a database.
            "src/log/erasure.test.ts",
            "src/routes/{assets,brand,brand-*,openapi,watch}.test.ts",
          ],
          setupFiles: ["test/each-database.ts"],
          env: { KEYFOLD_TEST_DATABASE: name },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      })),
    ],
  },
});
