/** One server in a process of its own, so that memory and time of a client are the client's alone: `node serve.ts keyfold|bare|tus|tus-durable <folder> [page folder]`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bareServer } from "./bare-server.ts";
import { tusServer } from "./tus-server.ts";

const [kind, folder, pages] = process.argv.slice(2);
if (folder === undefined) throw new Error("serve.ts needs a kind and a folder.");

function page(path: string) {
  const name = ["/bench.html", "/bench.js", "/sending-worker.js"].includes(path) ? path.slice(1) : undefined;
  if (name === undefined || pages === undefined) return undefined;
  return { type: name.endsWith("js") ? "text/javascript" : "text/html", body: readFileSync(join(pages, name), "utf8") };
}

async function start(): Promise<string> {
  if (kind === "bare") return (await bareServer(folder as string, page)).url;
  if (kind === "tus" || kind === "tus-durable") return (await tusServer(folder as string, kind === "tus-durable", page)).url;
  const { keyfoldServer } = await import("./keyfold-server.ts");
  return keyfoldServer(folder as string, page);
}

console.log(await start());
