/**
 * What the command can be told: each by a flag, by a variable of the environment, or both.
 *
 * @module
 */

export interface Variable {
  /** Without the dashes; absent for secrets, which stay in the list of processes and in the shell's history. */
  readonly flag?: string;
  /** May also be given as `<name>_FILE`: a file that holds it. */
  readonly environment: string;
  /** What stands for the value in the help; absent for what is only on or off. */
  readonly value?: string;
  readonly help: string;
}

export const variables = {
  port: { flag: "port", environment: "KEYFOLD_PORT", value: "number", help: "8787; 0 takes any that is free" },
  host: { flag: "host", environment: "KEYFOLD_HOST", value: "address", help: "127.0.0.1; 0.0.0.0 or :: for all addresses" },
  path: { flag: "path", environment: "KEYFOLD_PATH", value: "path", help: "/keyfold; / for the root" },
  data: { flag: "data", environment: "KEYFOLD_DATA", value: "folder", help: ".keyfold: database, parts, secret, certificate" },
  database: {
    flag: "database",
    environment: "KEYFOLD_DATABASE_URL",
    value: "url",
    help: "sqlite:<path>, postgres://…, mysql://…; default SQLite in the data folder",
  },
  blobs: {
    flag: "blobs",
    environment: "KEYFOLD_BLOBS_URL",
    value: "url",
    help: "fs:<path>, s3://…, redis://…; default in the data folder",
  },
  origin: { flag: "origin", environment: "KEYFOLD_ORIGIN", value: "urls", help: "base URLs that browsers use, separated by commas" },
  quota: { flag: "quota", environment: "KEYFOLD_QUOTA", value: "size", help: "5GiB a folder" },
  maxFileSize: { flag: "max-file-size", environment: "KEYFOLD_MAX_FILE_SIZE", value: "size", help: "1TiB" },
  tls: { flag: "tls", environment: "KEYFOLD_TLS", help: "https by a certificate made here, for a LAN" },
  tlsCert: { flag: "tls-cert", environment: "KEYFOLD_TLS_CERT", value: "file", help: "https by this certificate, PEM" },
  tlsKey: { flag: "tls-key", environment: "KEYFOLD_TLS_KEY", value: "file", help: "and this key, PEM" },
  metrics: { flag: "metrics", environment: "KEYFOLD_METRICS", help: "serve <path>/metrics" },
  brand: { flag: "brand", environment: "KEYFOLD_BRAND", value: "domains", help: "serve logos of these, separated by commas, or of all" },
  logLevel: { flag: "log-level", environment: "KEYFOLD_LOG_LEVEL", value: "level", help: "error; none, refusal, request" },
  maintain: {
    flag: "maintain",
    environment: "KEYFOLD_MAINTAIN",
    value: "seconds",
    help: "60 between two runs; 0: another process does it",
  },
  grace: { flag: "grace", environment: "KEYFOLD_GRACE", value: "seconds", help: "25 for requests under way, when it is told to end" },
  secret: { environment: "KEYFOLD_SECRET", help: "32 bytes or more, the same in every process; default in the data folder" },
  redis: { environment: "KEYFOLD_REDIS_URL", help: "redis://…: counts of requests for all processes, and parts that are read often" },
  metricsToken: { environment: "KEYFOLD_METRICS_TOKEN", help: "serve metrics to whoever sends it as a bearer" },
  accessKeyId: { environment: "AWS_ACCESS_KEY_ID", help: "of the bucket, for --blobs s3://…" },
  secretAccessKey: { environment: "AWS_SECRET_ACCESS_KEY", help: "of the bucket, for --blobs s3://…" },
  logoDevToken: { environment: "KEYFOLD_LOGO_DEV_TOKEN", help: "ask logo.dev for logos too" },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;

/** Those that a flag can give. */
export const flagged: readonly (readonly [VariableName, Variable & { readonly flag: string }])[] = (
  Object.entries(variables) as [VariableName, Variable][]
).flatMap(([name, variable]) => (variable.flag === undefined ? [] : [[name, { ...variable, flag: variable.flag }] as const]));

type HelpLine = readonly [name: string, help: string];

function lineOf(variable: Variable): HelpLine {
  const value = variable.value === undefined ? "" : ` <${variable.value}>`;
  return [variable.flag === undefined ? variable.environment : `--${variable.flag}${value}`, variable.help];
}

function aligned(lines: readonly HelpLine[], width: number): string {
  return lines.map(([name, help]) => `  ${name.padEnd(width)}${help}`).join("\n");
}

const widthOf = (lines: readonly HelpLine[]): number => Math.max(...lines.map(([name]) => name.length)) + 2;

const always: readonly HelpLine[] = [
  ["--help", "this"],
  ["--version", "its version"],
];

/** Of some flags, and of what else a command takes. */
export function helpLines(names: readonly VariableName[], others: readonly HelpLine[]): string {
  const lines = [...names.map((name) => lineOf(variables[name])), ...others, ...always];
  return aligned(lines, widthOf(lines));
}

export function helpText(): string {
  const all = Object.values<Variable>(variables);
  const flags = [...all.filter(({ flag }) => flag !== undefined).map(lineOf), ...always];
  const secrets = all.filter(({ flag }) => flag === undefined).map(lineOf);
  const width = widthOf([...flags, ...secrets]);
  return `Serves Keyfold: folders that this server cannot read.

  keyfold-server [options]
  keyfold-server check [options]    verifies what is stored (keyfold-server check --help)

${aligned(flags, width)}

Each is a variable of the environment too: KEYFOLD_ and its name in capitals (KEYFOLD_LOG_LEVEL), for --database and --blobs
KEYFOLD_DATABASE_URL and KEYFOLD_BLOBS_URL. With _FILE at the end it names a file that holds the value. A flag comes first.

Secrets are never flags, for those can be seen by others on the machine:

${aligned(secrets, width)}

SIGTERM or SIGINT ends it: requests under way are finished, new ones refused. Again: it ends at once.
Exit code: 0 it was told to end; 1 it could not start, or was told twice; 2 a flag or a variable is wrong.
`;
}
