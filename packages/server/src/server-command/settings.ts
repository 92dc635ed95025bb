/**
 * Flags and environment, read into what `serve()` takes.
 *
 * @module
 */

import type { BrandOptions } from "../brand/options.ts";
import { duckDuckGo, google, logoDev } from "../brand/providers.ts";
import type { LogLevel } from "../log-line.ts";
import { fileOf, nameOf, readGiven, wrong, type Environment } from "./given.ts";
import type { VariableName } from "./variables.ts";

/** Where everything lies. */
export interface StorageSettings {
  readonly dataDir: string;
  readonly database: string | undefined;
  readonly blobs: string | undefined;
  /** Of a bucket. */
  readonly accessKey: { readonly id?: string; readonly secret?: string };
}

export interface Settings extends StorageSettings {
  readonly port: number;
  readonly hostname: string;
  readonly path: string;
  readonly redis: string | undefined;
  readonly origin: readonly string[] | undefined;
  readonly limits: { readonly quota?: number; readonly maxFileSize?: number };
  readonly tls: boolean | { readonly key: string; readonly cert: string };
  readonly metrics: boolean | { readonly token: string };
  readonly brand: BrandOptions | undefined;
  readonly logLevel: LogLevel;
  readonly maintainEvery: number | false;
  readonly graceMs: number;
  readonly secret: string | undefined;
}

/** What was asked for. Throws `invalid-argument`, with the flag or the variable in its message and never a value. */
export function readSettings(args: readonly string[], environment: Environment): Settings | "help" | "version" {
  const given = readGiven(args, environment);
  if (given === "help" || given === "version") return given;
  const { text } = given;
  const number = (name: VariableName, most: number, otherwise: number): number => wholeNumber(name, text(name), most) ?? otherwise;
  const size = (name: VariableName): number | undefined => bytesOf(name, text(name));

  const path = text("path") ?? "/keyfold";
  const maintain = number("maintain", 86_400, 60);
  const [quota, maxFileSize, metricsToken] = [size("quota"), size("maxFileSize"), text("metricsToken")];
  return {
    ...storageOf(text),
    port: number("port", 65_535, 8787),
    hostname: text("host") ?? "127.0.0.1",
    path: path === "/" ? "" : path,
    redis: text("redis"),
    origin: listOf(text("origin")),
    limits: { ...(quota === undefined ? {} : { quota }), ...(maxFileSize === undefined ? {} : { maxFileSize }) },
    tls: tlsOf(onOff("tls", text("tls")), text("tlsCert"), text("tlsKey")),
    metrics: metricsToken === undefined ? onOff("metrics", text("metrics")) : { token: metricsToken },
    brand: brandOf(listOf(text("brand")), text("logoDevToken")),
    logLevel: levelOf(text("logLevel") ?? "error"),
    maintainEvery: maintain === 0 ? false : maintain * 1000,
    graceMs: number("grace", 3600, 25) * 1000,
    secret: text("secret"),
  };
}

export function storageOf(text: (name: VariableName) => string | undefined): StorageSettings {
  const [accessKeyId, secretAccessKey] = [text("accessKeyId"), text("secretAccessKey")];
  return {
    dataDir: text("data") ?? ".keyfold",
    database: text("database"),
    blobs: text("blobs"),
    accessKey: {
      ...(accessKeyId === undefined ? {} : { id: accessKeyId }),
      ...(secretAccessKey === undefined ? {} : { secret: secretAccessKey }),
    },
  };
}

function wholeNumber(name: VariableName, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) > most) throw wrong(`${nameOf(name)} is a number from 0 to ${most}.`);
  return Number(text);
}

const units = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

function bytesOf(name: VariableName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = "", unit = ""] = /^([0-9]{1,15})\s*([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = isUnit(unit) && digits !== "" ? Number(digits) * units[unit] : Number.NaN;
  if (!Number.isSafeInteger(bytes)) throw wrong(`${nameOf(name)} is a size: 500MiB, 5GiB, or a number of bytes.`);
  return bytes;
}

function isUnit(unit: string): unit is keyof typeof units {
  return Object.hasOwn(units, unit);
}

function onOff(name: VariableName, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (["on", "true", "1"].includes(text)) return true;
  if (["off", "false", "0"].includes(text)) return false;
  throw wrong(`${nameOf(name)} is on or off.`);
}

function listOf(text: string | undefined): readonly string[] | undefined {
  const list = text?.split(/[\s,]+/).filter((entry) => entry !== "");
  return list === undefined || list.length === 0 ? undefined : list;
}

function levelOf(text: string): LogLevel {
  if (text === "none" || text === "error" || text === "refusal" || text === "request") return text;
  throw wrong(`${nameOf("logLevel")} is none, error, refusal or request.`);
}

function tlsOf(selfMade: boolean, cert: string | undefined, key: string | undefined): Settings["tls"] {
  if ((cert === undefined) !== (key === undefined)) throw wrong("--tls-cert and --tls-key go together.");
  if (cert === undefined || key === undefined) return selfMade;
  if (selfMade) throw wrong("Either --tls, or --tls-cert and --tls-key.");
  return { cert: fileOf(nameOf("tlsCert"), cert), key: fileOf(nameOf("tlsKey"), key) };
}

function brandOf(domains: readonly string[] | undefined, token: string | undefined): BrandOptions | undefined {
  if (domains === undefined) return undefined;
  return {
    domains: domains.length === 1 && domains[0] === "all" ? "all" : domains,
    providers: [...(token === undefined ? [] : [logoDev({ token })]), duckDuckGo(), google()],
  };
}
