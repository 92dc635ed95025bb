import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/mount.ts";
import { readSettings, type Settings } from "./settings.ts";

const read = (args: string[] = [], environment: Record<string, string> = {}): Settings => readSettings(args, environment) as Settings;

describe("settings", () => {
  test("have defaults that serve this machine alone", () => {
    expect(read()).toEqual({
      port: 8787,
      hostname: "127.0.0.1",
      path: "/keyfold",
      dataDir: ".keyfold",
      database: undefined,
      blobs: undefined,
      origin: undefined,
      limits: {},
      tls: false,
      metrics: false,
      brand: undefined,
      logLevel: "error",
      maintainEvery: 60_000,
      graceMs: 25_000,
      secret: undefined,
      accessKey: {},
    });
  });

  test("come from flags, and then from the environment", async () => {
    const file = join(await temporaryFolder(), "url");
    await writeFile(file, "redis://:word@host:6379/0\n");
    const environment = {
      KEYFOLD_PORT: "1",
      KEYFOLD_HOST: "::",
      KEYFOLD_ORIGIN: "https://a.example/k, https://b.example",
      KEYFOLD_QUOTA: "10 GiB",
      KEYFOLD_BLOBS_URL_FILE: file,
      KEYFOLD_SECRET: "s".repeat(32),
      KEYFOLD_METRICS: "on",
      KEYFOLD_LOG_LEVEL: "",
      KEYFOLD_BRAND: "all",
    };
    expect(read(["--port", "2", "--path=/", "--tls", "--maintain", "0", "--max-file-size", "500MB"], environment)).toMatchObject({
      port: 2,
      hostname: "::",
      path: "",
      origin: ["https://a.example/k", "https://b.example"],
      limits: { quota: 10 * 2 ** 30, maxFileSize: 500e6 },
      tls: true,
      blobs: "redis://:word@host:6379/0",
      secret: "s".repeat(32),
      metrics: true,
      maintainEvery: false,
      logLevel: "error",
      brand: { domains: "all", providers: [{ name: "duckduckgo" }, { name: "google" }] },
    });
    expect(read([], { KEYFOLD_METRICS_TOKEN: "t".repeat(16), KEYFOLD_METRICS: "off" }).metrics).toEqual({ token: "t".repeat(16) });
  });

  test("help and version are asked for by flag", () => {
    expect([readSettings(["--help"], {}), readSettings(["-h"], {}), readSettings(["--version"], {})]).toEqual(["help", "help", "version"]);
  });

  test.for<[args: string[], environment: Record<string, string>, message: string]>([
    [["--port", "eighty"], {}, "--port (KEYFOLD_PORT)"],
    [["--port", "65536"], {}, "0 to 65535"],
    [["--port"], {}, "has no value"],
    [[], { KEYFOLD_PORT: "-1" }, "KEYFOLD_PORT"],
    [["--quota", "5 gigs"], {}, "--quota"],
    [["--quota", "9999999TiB"], {}, "--quota"],
    [["--log-level", "loud"], {}, "--log-level"],
    [[], { KEYFOLD_TLS: "maybe" }, "on or off"],
    [["--tls-cert", "a.pem"], {}, "go together"],
    [["--tls-cert", "/nowhere", "--tls-key", "/nowhere"], {}, "cannot be read"],
    [["--tls", "--tls-cert", "/dev/null", "--tls-key", "/dev/null"], {}, "Either"],
    [["serve"], {}, "a word too many"],
    [["--sekret=hunter2"], {}, "no flag --sekret"],
    [["--secret", "hunter2"], {}, "no flag --secret"],
    [["--database", "postgres://me:hunter2@host/db"], {}, "KEYFOLD_DATABASE_URL"],
    [["--blobs", "redis://:hunter2@host"], {}, "KEYFOLD_BLOBS_URL"],
    [["--database", "postgres://host/db?password=hunter2"], {}, "KEYFOLD_DATABASE_URL"],
    [[], { KEYFOLD_SECRET_FILE: "/nowhere/hunter2" }, "KEYFOLD_SECRET_FILE"],
    [[], { KEYFOLD_SECRET_FILE: "/x", KEYFOLD_SECRET: "hunter2" }, "both set"],
  ])("%j with %j are refused, and no value is in the message", ([args, environment, message]) => {
    const error = (() => {
      try {
        return readSettings(args, environment);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: "invalid-argument", message: expect.stringContaining(message) });
    expect((error as Error).message).not.toContain("hunter2");
  });
});
