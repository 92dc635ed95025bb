/** A server in a process of its own, so that its memory is not counted as the client's. Started by `startServerProcess`. */
import { registerHooks } from "node:module";
import type * as KeyfoldServer from "@keyfold/server/node";

// The workspace's packages are their sources here, as in the tests.
const source = (path: string): string => new URL(path, import.meta.url).href;
const sources: Readonly<Record<string, string>> = {
  "@keyfold/core/protocol": source("../src/protocol/index.ts"),
};
registerHooks({
  resolve: (specifier, context, next) => {
    const url = sources[specifier];
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
  },
});
const { serve } = (await import(source("../../server/src/node.ts"))) as typeof KeyfoldServer;
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error("Usage: server-process <folder>");
const { port } = await serve({ dataDir, port: 0, maintainEvery: false });
process.send?.(port);
process.on("disconnect", () => process.exit());
