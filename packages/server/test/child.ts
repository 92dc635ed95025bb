/** A server in a process of its own, to be killed. Arguments: data folder, port. Prints a line once it listens. */
import { serve } from "../src/node.ts";

const [dataDir, port] = process.argv.slice(2);
const served = await serve({ dataDir: dataDir!, port: Number(port), assets: false, maintainEvery: 200 });
process.stdout.write(`${JSON.stringify({ port: served.port, addresses: served.addresses })}\n`);
process.on("SIGTERM", () => void served.close().then(() => process.exit(0)));
