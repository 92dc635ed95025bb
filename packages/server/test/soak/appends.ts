/**
 * Many clients append to one folder through two server processes over one database, while these are killed, stopped and cut off. What must hold: the log has
 * each append once, at the seq that its client was told, and readers who follow all along see the same.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { joinPage, toHex } from "@keyfold/core/protocol";
import { emptyDatabase, type DatabaseName } from "../database-servers.ts";
import { bytesOf, hashOf, newOwner, type Owner } from "../owner.ts";
import { appendSurely, deviceOf, readOn, sendTo } from "./client.ts";
import { origin, startCluster, type Cluster } from "./processes.ts";

/** What holds after a run, or does not; `faults` says how much was done to it. */
export interface Told {
  readonly appended: number;
  readonly faults: number;
  /** What is wrong; empty where all is well. */
  readonly wrong: readonly string[];
}

async function withCluster<Result>(name: DatabaseName, use: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const database = await emptyDatabase(name);
  const folder = await mkdtemp(join(tmpdir(), "keyfold-"));
  try {
    const cluster = await startCluster(database.url, join(folder, "blobs"));
    try {
      return await use(cluster);
    } finally {
      await cluster.end();
    }
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One fault after another, each when so many appends more have been made. */
async function breakThings(cluster: Cluster, progress: Progress, every: number): Promise<number> {
  const faults = [
    async (server: number) => {
      await cluster.servers[server]!.kill();
      await cluster.servers[server]!.start();
    },
    async (server: number) => {
      cluster.servers[server]!.pause();
      await progress.more(Math.ceil(every / 2));
      cluster.servers[server]!.resume();
    },
    async (server: number) => cluster.servers[server]!.line.reset(),
    async (server: number) => cluster.lines[server]?.reset(),
  ];
  for (let count = 0; ; count++) {
    if (!(await progress.more(every))) return count;
    await faults[count % faults.length]!(Math.floor(count / faults.length) % 2);
  }
}

/** Counts appends, and wakes whoever waits for more of them. */
class Progress {
  #count = 0;
  isOver = false;
  readonly #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  step(): void {
    this.#count++;
    this.#wake();
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }

  #wake(): void {
    for (const one of this.#waiting.splice(0)) {
      if (this.isOver || this.#count >= one.at) one.wake();
      else this.#waiting.push(one);
    }
  }

  /** Resolves after so many more appends; to false when there are no more. */
  async more(count: number): Promise<boolean> {
    const at = this.#count + count;
    if (!this.isOver) await new Promise<void>((wake) => this.#waiting.push({ at, wake }));
    return !this.isOver;
  }
}

export async function appendUnderFire(name: DatabaseName, order: { clients: number; appends: number; faultEvery: number }): Promise<Told> {
  return withCluster(name, async (cluster) => {
    const owner = await newOwner(sendTo(cluster.servers, 0), origin);
    const progress = new Progress();
    const told = new Map<number, string>();
    const wrong: string[] = [];

    const append = async (client: number): Promise<void> => {
      const device = deviceOf(owner, sendTo(cluster.servers, client));
      for (let count = 0; count < order.appends; count++) {
        const sealed = bytesOf(1052);
        const seq = await appendSurely(device, sealed);
        if (told.has(seq)) wrong.push(`two clients were told ${seq}`);
        told.set(seq, toHex(hashOf(sealed)));
        progress.step();
      }
    };
    const follow = async (client: number): Promise<string[]> => {
      const reader = deviceOf(owner, sendTo(cluster.servers, client));
      const read: string[] = [];
      while (!progress.isOver) read.push(...(await readOn(reader)));
      return [...read, ...(await readOn(reader))];
    };

    const breaking = breakThings(cluster, progress, order.faultEvery);
    const reading = [follow(0), follow(1)];
    try {
      await Promise.all(Array.from({ length: order.clients }, (_, client) => append(client)));
    } finally {
      progress.end();
    }
    const faults = await breaking;
    const expected = [...told].toSorted(([a], [b]) => a - b);
    for (const [place, [seq]] of expected.entries()) if (seq !== place + 1) wrong.push(`nobody was told ${place + 1}`);
    for (const read of await Promise.all(reading)) {
      if (read.length !== expected.length) wrong.push(`a reader saw ${read.length} of ${expected.length}`);
      for (const [place, hash] of read.entries())
        if (hash !== expected[place]?.[1]) wrong.push(`a reader saw something else at ${place + 1}`);
    }
    return { appended: expected.length, faults, wrong };
  });
}

/** The answer to each append is lost; the client sends the same again. */
export async function retryLostAnswers(name: DatabaseName, count: number): Promise<Told> {
  return withCluster(name, async (cluster) => {
    const server = cluster.servers[0]!;
    const owner = await newOwner(sendTo([server], 0), origin);
    const device = deviceOf(owner, sendTo([server], 0));
    const wrong: string[] = [];
    let faults = 0;
    for (let seq = 1; seq <= count; seq++) {
      // Between the server and the client; between the database and the server.
      const lines = [server.line, ...(cluster.lines[0] === undefined ? [] : [cluster.lines[0]])];
      const line = lines[seq % lines.length]!;
      const lost = line === server.line ? line.loseAnswerTo("POST /keyfold/v1/folders") : line.loseAnswerTo("commit");
      const told = await appendSurely(device, bytesOf(1052));
      if (told !== seq) wrong.push(`told ${told} for ${seq}`);
      await lost;
      faults++;
    }
    const reader = deviceOf(owner, sendTo([server], 0));
    const { length } = await readOn(reader);
    if (length !== count) wrong.push(`${length} records for ${count} appends`);
    return { appended: count, faults, wrong };
  });
}

/** So many go for one seq, through both servers. */
export async function raceForOneSeq(name: DatabaseName, racers: number, rounds: number): Promise<Told> {
  return withCluster(name, async (cluster) => {
    const owner = await newOwner(sendTo(cluster.servers, 0), origin);
    const wrong: string[] = [];
    for (let seq = 1; seq <= rounds; seq++) {
      const devices: Owner[] = Array.from({ length: racers }, (_, racer) => deviceOf(owner, sendTo(cluster.servers, racer)));
      const entries = await Promise.all(devices.map((device) => device.entry()));
      const statuses = await Promise.all(
        devices.map(async (device, racer) => {
          const { wire } = entries[racer]!;
          const answer = await device.call("POST", "/log", { headers: { "keyfold-at": String(seq) }, body: joinPage([wire]) });
          return answer.status;
        }),
      );
      const winners = statuses.filter((status) => status === 200).length;
      if (winners !== 1) wrong.push(`${winners} winners of ${seq}`);
      if (statuses.some((status) => status !== 200 && status !== 409))
        wrong.push(`answers of ${seq}: ${[...new Set(statuses)].join(", ")}`);
      await readOn(owner);
      if (owner.position.seq !== seq) wrong.push(`the log is at ${owner.position.seq}`);
      // Those who came too late wait in line; their turns end by themselves, or at once by a rekey.
      if ((await owner.rekey()).status !== 200) wrong.push("no rekey");
      await owner.signIn();
      seq += 2;
    }
    return { appended: rounds, faults: 0, wrong };
  });
}
