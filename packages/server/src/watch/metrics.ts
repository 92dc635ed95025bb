/**
 * Figures for Prometheus, in a registry of their own. Labels are methods, route patterns, classes of status and codes: never an id, an address, a path.
 *
 * @module
 */

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type GaugeConfiguration } from "prom-client";
import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { MaintainReport } from "../jobs/maintain.ts";

export interface WatchedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** As announced. */
  readonly received: number;
  /** Of the problem document, where it was one. */
  readonly code: string | undefined;
}

export interface MetricsPorts {
  readonly database: Database;
  /** Work that goes on after answers. */
  readonly atWork: () => number;
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]);

/** Rows of a queue that are counted, at most: a scrape must stay cheap. */
const mostCounted = 10_000;

export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<"method" | "route" | "status">;
  readonly #seconds: Histogram<"method" | "route">;
  readonly #inFlight: Gauge;
  readonly #received: Counter<"route">;
  readonly #sent: Counter<"route">;
  readonly #problems: Counter<"code">;
  readonly #runs: Counter<"outcome">;
  readonly #maintained: Counter<"what">;

  constructor({ database, atWork }: MetricsPorts) {
    const registers = [this.registry];
    const counter = <const Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Counter({ name: `keyfold_${name}`, help, labelNames, registers });
    this.#requests = counter("requests_total", "Requests answered.", ["method", "route", "status"]);
    this.#received = counter("received_bytes_total", "Bytes of request bodies, as announced.", ["route"]);
    this.#sent = counter("sent_bytes_total", "Bytes of answers, headers included.", ["route"]);
    this.#problems = counter("problems_total", "Requests answered with a problem document.", ["code"]);
    this.#runs = counter("maintain_runs_total", "Runs of maintain().", ["outcome"]);
    this.#maintained = counter("maintained_total", "What maintain() has dealt with.", ["what"]);
    this.#seconds = new Histogram({
      name: "keyfold_request_seconds",
      help: "From a request's headers to its answer's.",
      labelNames: ["method", "route"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      registers,
    });
    this.#inFlight = new Gauge({ name: "keyfold_requests_in_flight", help: "Requests under way.", registers });
    this.#gauge({
      name: "keyfold_background_work",
      help: "Work that goes on after answers.",
      collect() {
        this.set(atWork());
      },
    });
    this.#queues(database);
    if (database.name === "sqlite") this.#sqlite(database);
    if (database.pool !== undefined) this.#pool(database.pool.bind(database));
    collectDefaultMetrics({ register: this.registry });
  }

  begun(): void {
    this.#inFlight.inc();
  }

  answered({ method, route, status, seconds, received, code }: WatchedRequest): void {
    const labels = { method: methods.has(method) ? method : "other", route };
    this.#inFlight.dec();
    this.#requests.inc({ ...labels, status: `${Math.floor(status / 100)}xx` });
    this.#seconds.observe(labels, seconds);
    if (received > 0) this.#received.inc({ route }, received);
    if (code !== undefined) this.#problems.inc({ code });
  }

  sent(route: string, bytes: number): void {
    if (bytes > 0) this.#sent.inc({ route }, bytes);
  }

  maintained(report: MaintainReport | undefined): void {
    this.#runs.inc({ outcome: report === undefined ? "failed" : "done" });
    for (const [what, count] of Object.entries(report ?? {})) if (typeof count === "number") this.#maintained.inc({ what }, count);
  }

  #gauge<Label extends string = never>(configuration: GaugeConfiguration<Label>): void {
    this.registry.registerMetric(new Gauge({ ...configuration, registers: [] }));
  }

  #queues({ query }: Database): void {
    const queues = {
      deleting: () => query.selectFrom("blob").select("id").where("state", "=", "deleting").limit(mostCounted).execute(),
      erasing: () => query.selectFrom("erasure").select("id").limit(mostCounted).execute(),
    };
    this.#gauge({
      name: "keyfold_queue_length",
      help: `What waits for maintain(), counted up to ${mostCounted}.`,
      labelNames: ["queue"],
      async collect() {
        for (const [queue, rows] of Object.entries(queues)) this.set({ queue }, await counted(async () => (await rows()).length));
      },
    });
  }

  #sqlite({ query }: Database): void {
    this.#gauge({
      name: "keyfold_sqlite_bytes",
      help: "The database's file, and what in it is free.",
      labelNames: ["part"],
      async collect() {
        const pragma = async (name: string): Promise<number> => {
          const { rows } = await sql<Record<string, number>>`pragma ${sql.raw(name)}`.execute(query);
          return Object.values(rows[0] ?? {})[0] ?? Number.NaN;
        };
        const size = await counted(() => pragma("page_size"));
        this.set({ part: "file" }, size * (await counted(() => pragma("page_count"))));
        this.set({ part: "free" }, size * (await counted(() => pragma("freelist_count"))));
      },
    });
  }

  #pool(pool: NonNullable<Database["pool"]>): void {
    this.#gauge({
      name: "keyfold_database_connections",
      help: "Connections of the pool, and requests that wait for one.",
      labelNames: ["state"],
      collect() {
        for (const [state, count] of Object.entries(pool())) this.set({ state }, count);
      },
    });
  }
}

/** NaN where it cannot be told now: one figure that is missing must not take the others with it. */
async function counted(count: () => Promise<number>): Promise<number> {
  try {
    return await count();
  } catch {
    return Number.NaN;
  }
}
