#!/usr/bin/env node
/** `keyfold-recover`: the files of a folder from its key, and a copy of the server's data or a server that runs. docs/recovery.md. */
import { run } from "./run.ts";

process.exitCode = await run(process.argv.slice(2), {
  input: process.stdin,
  out: (text) => process.stdout.write(text),
  say: (text) => process.stderr.write(text),
  isLive: process.stderr.isTTY,
});
