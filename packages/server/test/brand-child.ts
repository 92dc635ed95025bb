/** A server in a process of its own, with one logo provider. Arguments: data folder, port of the provider on this machine. */
import { serve } from "../src/node.ts";

const [dataDir, upstream] = process.argv.slice(2);
const served = await serve({
  dataDir: dataDir!,
  port: 0,
  assets: false,
  maintainEvery: false,
  brand: {
    domains: ["example.com"],
    providers: [{ name: "near", url: ({ domain }) => `http://127.0.0.1:${upstream}/${domain}` }],
    waitMs: 60_000,
    timeoutMs: 60_000,
    unsafeForTests: { http: true, address: (address, port) => address === "127.0.0.1" && port === Number(upstream) },
  },
});
process.stdout.write(`${JSON.stringify({ port: served.port })}\n`);
process.on("SIGTERM", () => void served.close().then(() => process.exit(0)));
