/** Large folders: opened from a snapshot, opened for the second time, folded from a long history; and a slow device beside a fast one. */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Keyfold, generateKey, memoryStore, type Folder } from "@keyfold/core";
import { toBase64url, toHex } from "../packages/core/src/crypto/encoding.ts";
import type { Bytes } from "../packages/core/src/crypto/provider.ts";
import { webCryptoProvider } from "../packages/core/src/crypto/webcrypto.ts";
import { deriveOwnerKeys, generateRoot } from "../packages/core/src/key/schedule.ts";
import { sealEntry } from "../packages/core/src/log/entry.ts";
import { sealGenesis } from "../packages/core/src/log/genesis.ts";
import { freeze, packSnapshot, readSnapshot } from "../packages/core/src/log/snapshot.ts";
import { joinPage } from "../packages/core/src/protocol/record.ts";
import { applyOp } from "../packages/core/src/tree/fold.ts";
import type { Add, Op } from "../packages/core/src/tree/op.ts";
import { Tree } from "../packages/core/src/tree/tree.ts";
import { TreeViews } from "../packages/core/src/tree/view.ts";
import type { Folded } from "./fold.ts";
import { MiB, median, report, seconds } from "./measure.ts";
import { startServer } from "./servers.ts";

const provider = webCryptoProvider();
const id = (): string => toHex(provider.randomBytes(16));
const secret = (): string => toBase64url(provider.randomBytes(32));

function fileIn(parent: string | null, number: number): Add {
  const version = {
    suite: 1,
    blob: id(),
    key: secret(),
    size: 1 + (number % 1000),
    sealedSize: 1080,
    digest: secret(),
    type: "application/pdf",
  } as const;
  return { op: "add", node: id(), parent, name: `file ${number}.pdf`, version };
}

function directory(number: number): Op & { readonly node: string } {
  return { op: "mkdir", node: id(), parent: null, name: `directory ${number}` };
}

/** A tree of so many files, a hundred in a directory. */
function treeOf(count: number): Tree {
  const tree = new Tree();
  for (let number = 0; number < count; number += 100) {
    const made = directory(number);
    applyOp(tree, made);
    for (let i = number; i < Math.min(count, number + 100); i++) applyOp(tree, fileIn(made.node, i));
  }
  return tree;
}

async function fromSnapshot(count: number): Promise<void> {
  const { stream, state } = packSnapshot(provider, freeze(treeOf(count)));
  const content: Bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const hash = await state;
  const unzipped = (): ReadableStream => new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
  const [bare, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round++) {
    bare.push(
      await seconds(async () => {
        const lines = (await new Response(unzipped()).text()).split("\n");
        lines.pop();
        if (lines.map((line): unknown => JSON.parse(line)).length <= count) throw new Error("Lines are missing.");
      }),
    );
    ours.push(
      await seconds(async () => {
        const tree = await readSnapshot(provider, new Blob([content]).stream(), hash);
        if (tree.nodeCount <= count) throw new Error("Nodes are missing.");
      }),
    );
  }
  const [own, peer] = [median(ours), median(bare)];
  report(`Node: ${count} files from a snapshot, to gunzip + JSON.parse`, own / peer, "aim <= 2", `${ms(own)} against ${ms(peer)}`);
}

/** What one rename costs whoever shows the directory that it is in. */
async function renamed(count: number): Promise<void> {
  const tree = new Tree();
  const files = Array.from({ length: count }, (_, number) => fileIn(null, number));
  for (const file of files) applyOp(tree, file);
  const views = new TreeViews(tree);
  const first = await seconds(async () => void views.current().children(null));
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    applyOp(tree, { op: "rename", node: files[round * 7]!.node, name: `renamed ${round}` });
    times.push(await seconds(async () => void views.current().children(null)));
  }
  const again = median(times);
  report(
    `Node: a view of ${count} files in one directory, after a rename`,
    again / first,
    "aim < 0.5",
    `${ms(again)}; the first time ${ms(first)}`,
  );
}

async function folded(place: string, count: number): Promise<void> {
  const root = generateRoot(provider);
  const keys = await deriveOwnerKeys(provider, root);
  const genesis = await sealGenesis(provider, 1, keys.keys, keys.sign);
  let { position } = genesis;
  const pages: Bytes[] = [joinPage([genesis.bytes])];
  const directories: string[] = [];
  const files: string[] = [];
  for (let made = 0; made < count;) {
    const ops: Op[] = [];
    const added: string[] = [];
    for (; ops.length < 700 && made < count; made++) {
      const where = directories[(made * 31) % Math.max(1, directories.length)] ?? null;
      const file = files[(made * 7919) % Math.max(1, files.length)];
      if (made % 1000 === 0) {
        const op = directory(made);
        directories.push(op.node);
        ops.push(op);
      } else if (made % 5 < 2 || file === undefined) {
        const op = fileIn(where, made);
        files.push(op.node);
        added.push(op.version.blob);
        ops.push(op);
      } else if (made % 5 < 4) ops.push({ op: "rename", node: file, name: `renamed ${made}` });
      else ops.push({ op: "move", node: file, parent: where });
    }
    const lists = { added: added.sort(), dropped: [], consumed: [] };
    const sealed = await sealEntry(provider, keys, position, { id: id(), device: "d".repeat(32), at: made, ops }, lists);
    position = sealed.position;
    pages.push(joinPage([sealed.bytes]));
  }
  const file = join(place, "history.bin");
  await writeFile(file, Buffer.concat([root, ...pages]));
  // In a process of its own: what made the history is not counted.
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL("fold.ts", import.meta.url)), file]);
  await rm(file);
  const { took, resident, before, nodes } = JSON.parse(stdout) as Folded;
  const memory = `${(resident / MiB).toFixed(0)} MiB resident at the most, ${((resident - before) / nodes).toFixed(0)} bytes a node (${nodes} nodes)`;
  report(`Node: ${count} ops verified and folded, s for 100,000`, (took * 100_000) / count, "", `${took.toFixed(1)} s; ${memory}`);
}

async function openedAgain(url: string, count: number): Promise<void> {
  const store = memoryStore();
  const key = generateKey();
  const maker = await new Keyfold({ server: url, store }).create({ key });
  for (let number = 0; number < count / 500; number++) {
    const parent = (await maker.createDirectory(`/directory ${number}`)).id;
    const names = Array.from({ length: 499 }, (_, i) => `subdirectory ${i}`);
    await Promise.all(names.map((name) => maker.createDirectory({ parent, name })));
  }
  await maker.settled();
  await maker.close();
  const open = async (from: ReturnType<typeof memoryStore>): Promise<{ time: number; requests: number; bytes: number }> => {
    let [requests, bytes] = [0, 0];
    const counting: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      requests++;
      if (new URL(input instanceof Request ? input.url : input).pathname.endsWith("/log"))
        bytes += Number(response.headers.get("content-length") ?? 0);
      return response;
    };
    let folder: Folder | undefined;
    const time = await seconds(async () => (folder = await new Keyfold({ server: url, store: from, fetch: counting }).open(key)));
    if (folder?.state.tree.count.directories !== count) throw new Error("Nodes are missing.");
    const found = { time, requests, bytes };
    await folder.close();
    return found;
  };
  const first = await open(memoryStore());
  const second = await open(store);
  report(
    `Node: a second opening of ${count} nodes, to the first`,
    second.time / first.time,
    "aim < 1",
    `${ms(second.time)} against ${ms(first.time)}; ${second.requests} requests, ${second.bytes} bytes of log against ${first.bytes}`,
  );
}

/** Each change an entry of its own, by a device near the server and one with 300 ms more in each request. */
async function fastAndSlow(url: string, total: number): Promise<void> {
  const key = generateKey();
  let tries = 0;
  const slowly: typeof fetch = async (input, init) => {
    if (init?.method === "POST" && new URL(input instanceof Request ? input.url : input).pathname.endsWith("/log")) tries++;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return fetch(input, init);
  };
  const client = (through: typeof fetch): Keyfold =>
    new Keyfold({ server: url, store: memoryStore(), fetch: through, pollInterval: 3_600_000 });
  const fast = await client(fetch).create({ key });
  const slow = await client(slowly).open(key);
  const made = { fast: 0, slow: 0 };
  let longest = 0;
  const go = async (folder: Folder, who: "fast" | "slow"): Promise<void> => {
    while (made.fast + made.slow < total) {
      const name = `${who} ${made[who]++}`;
      const took = await seconds(async () => {
        await folder.createDirectory({ parent: null, name });
        await folder.settled();
      });
      if (who === "slow") longest = Math.max(longest, took);
    }
  };
  await Promise.all([go(fast, "fast"), go(slow, "slow")]);
  const witness = await client(fetch).open(key);
  const { seq, tree } = witness.state;
  const names = new Set(Array.from(tree.descend(null), ({ name }) => name));
  const all = (["fast", "slow"] as const).flatMap((who) => Array.from({ length: made[who] }, (_, number) => `${who} ${number}`));
  if (all.some((name) => !names.has(name))) throw new Error("A change was lost.");
  // Beside them a snapshot or two, where the history has grown long.
  if (seq < all.length || seq > all.length + 2) throw new Error(`The history has ${seq} entries for ${all.length} changes.`);
  await Promise.all([fast, slow, witness].map((folder) => folder.close()));
  report(
    `Node: ${total} appends beside a fast device, the slow one's longest wait`,
    longest,
    "aim < 5",
    `${longest.toFixed(1)} s; ${made.slow} of ${all.length} are the slow one's, ${(tries / made.slow).toFixed(1)} tries each at 0.3 s a request; none lost, seq without a gap`,
  );
}

function ms(time: number): string {
  return `${(time * 1000).toFixed(0)} ms`;
}

export async function scale(folder: string, quick: boolean): Promise<void> {
  await fromSnapshot(quick ? 10_000 : 100_000);
  await renamed(quick ? 10_000 : 100_000);
  const place = join(folder, "scale");
  await mkdir(place, { recursive: true });
  await folded(place, quick ? 100_000 : 1_000_000);
  const server = await startServer("keyfold", place);
  try {
    await openedAgain(server.url, quick ? 10_000 : 100_000);
    await fastAndSlow(server.url, quick ? 100 : 1_000);
  } finally {
    await server.stop();
  }
}
