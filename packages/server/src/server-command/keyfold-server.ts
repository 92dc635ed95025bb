#!/usr/bin/env node
/** `npx @keyfold/server` */
import { createRequire } from "node:module";
import { run } from "./run.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

process.exit(
  await run({
    args: process.argv.slice(2),
    environment: process.env,
    version,
    say: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    onSignal(told) {
      process.on("SIGTERM", told);
      process.on("SIGINT", told);
    },
  }),
);
