/**
 * What was given to the command, by flags and by the environment; a flag comes first.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { KeyfoldError } from "@keyfold/core/protocol";
import { flagged, variables, type VariableName } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Given<Switch extends string = never> {
  /** A variable's value, by its flag or by the environment. */
  readonly text: (name: VariableName) => string | undefined;
  readonly switches: ReadonlySet<Switch>;
}

/** What a command takes; default: every variable's flag, and nothing else. */
export interface Taken<Switch extends string> {
  readonly flags?: readonly VariableName[];
  /** Flags that no variable stands for, without a value. */
  readonly switches?: readonly Switch[];
}

/** Throws `invalid-argument`, with the flag or the variable in its message and never a value. */
export function readGiven<Switch extends string = never>(
  args: readonly string[],
  environment: Environment,
  taken: Taken<Switch> = {},
): Given<Switch> | "help" | "version" {
  const own = flagged.filter(([name]) => taken.flags?.includes(name) ?? true);
  const switches = taken.switches ?? [];
  const values = parse(args, [...own.map(([, { flag, value }]) => ({ flag, value })), ...switches.map((flag) => ({ flag }))]);
  if (values["help"] === true) return "help";
  if (values["version"] === true) return "version";
  const flags = new Map<VariableName, string>();
  for (const [name, variable] of own) {
    const value = values[variable.flag];
    if (value === undefined) continue;
    const text = typeof value === "string" ? value : "on";
    const { flag, environment: key } = variable;
    if (holdsPassword(text))
      throw wrong(`--${flag} holds a password, which others on this machine could read: give ${key}, or ${key}_FILE.`);
    flags.set(name, text);
  }
  return {
    text: (name) => flags.get(name) ?? variableOf(name, environment),
    switches: new Set(switches.filter((flag) => values[flag] === true)),
  };
}

function parse(args: readonly string[], flags: readonly { flag: string; value?: string | undefined }[]): Record<string, unknown> {
  const options = flags.map(({ flag, value }) => [flag, { type: value === undefined ? ("boolean" as const) : ("string" as const) }]);
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(options), help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } },
    }).values;
  } catch (cause) {
    // Node's message may quote a value.
    const names = args.filter((arg) => arg.startsWith("-")).map((arg) => arg.split("=")[0]!);
    const unknown = names.find((name) => !flags.some(({ flag }) => name === `--${flag}`));
    throw wrong(
      unknown === undefined ? "A flag has no value, or there is a word too many. See --help." : `There is no flag ${unknown}. See --help.`,
      cause,
    );
  }
}

function holdsPassword(text: string): boolean {
  return /^[a-z][a-z0-9+]*:\/\/[^/?#]*:[^/?#@]*@/i.test(text) || /[?&](?:password|pass|secret)[^=]*=/i.test(text);
}

/** The variable's value, or that of the file that it names. An empty one is none. */
function variableOf(name: VariableName, environment: Environment): string | undefined {
  const key = variables[name].environment;
  const [value = "", file = ""] = [environment[key], environment[`${key}_FILE`]];
  if (value !== "" && file !== "") throw wrong(`${key} and ${key}_FILE are both set.`);
  if (file === "") return value === "" ? undefined : value;
  const text = fileOf(`${key}_FILE`, file).trim();
  return text === "" ? undefined : text;
}

export function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw wrong(`The file of ${name} cannot be read.`, cause);
  }
}

export function wrong(message: string, cause?: unknown): KeyfoldError {
  return new KeyfoldError("invalid-argument", message, cause === undefined ? {} : { cause });
}

/** As people know it: the flag where there is one. */
export function nameOf(name: VariableName): string {
  const variable = variables[name];
  return "flag" in variable ? `--${variable.flag} (${variable.environment})` : variable.environment;
}
