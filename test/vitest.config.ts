import { defineConfig } from "vitest/config";

// The whole story in a browser: one file after the other, since each has a server and a Chromium of its own.
export default defineConfig({
  test: { include: ["**/*.test.ts"], fileParallelism: false, testTimeout: 120_000, hookTimeout: 60_000 },
});
