/**
 * What the command is asked to do.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { KeyfoldError } from "../error.ts";
import { isHexId } from "../crypto/encoding.ts";
import { readRecoveryKey } from "../recover/index.ts";

export interface Order {
  /** A data folder, or a server's address. */
  readonly from: string;
  /** Null: only list. */
  readonly to: string | null;
  /** A file; null: standard input. */
  readonly key: string | null;
  /** No key: the folder is open, and publishes its own. */
  readonly open: boolean;
  readonly folder: string | undefined;
  readonly trash: boolean;
  readonly versions: boolean;
  readonly keepDamaged: boolean;
}

export const usage = `Gets a Keyfold folder back with its key.

  keyfold-recover --from <place> --to <folder> [--key <file>]

  --from <place>    the server's data folder or a copy of it (the folder with keyfold.db and blobs/),
                    or the address of a server that runs: https://files.example.com/keyfold
  --to <folder>     where the files go; it is made where it is not there. What is there already is left alone
  --key <file>      the key file, or any text file with the key's eight rows, or with a read-only key.
                    Without it the key is read from standard input: paste it. It is never an argument
  --list            only list what there is; nothing is written
  --trash           what lies in the trash too
  --versions        earlier versions too
  --keep-damaged    of a damaged file, write what is good as <name>.damaged, with zeros in place of what is lost
  --folder <id>     the folder's id: for a read-only key on a server, and with --open
  --open            no key: the folder was never locked, and its read key lies in the data

Exit code: 0 everything is there; 1 something is missing or damaged, and the report says what; 2 nothing could be done.
`;

/** The order. Null: help was asked for. Throws `invalid-argument`. */
export function readArguments(args: readonly string[]): Order | null {
  // A key in the arguments is in the shell's history and in the list of processes already: it is not taken, so that nobody gets used to it.
  if (args.some(isKey))
    throw wrong("The key must not be an argument: it would stay in the shell's history. Give a file with --key, or paste it.");
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        from: { type: "string" },
        to: { type: "string" },
        key: { type: "string" },
        folder: { type: "string" },
        open: { type: "boolean" },
        list: { type: "boolean" },
        trash: { type: "boolean" },
        versions: { type: "boolean" },
        "keep-damaged": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : "The arguments are not understood.");
  }
  if (values.help === true || args.length === 0) return null;
  const { from, to, key, folder, open = false, list = false } = values;
  if (from === undefined) throw wrong("--from is missing: the data folder, or the server's address.");
  if (to === undefined && !list) throw wrong("--to is missing: where the files go. Or --list.");
  if (folder !== undefined && !isHexId(folder)) throw wrong("--folder takes the folder's id, 32 digits of 0-9 and a-f.");
  if (open && folder === undefined) throw wrong("--open needs --folder.");
  return {
    from,
    to: list ? null : (to ?? null),
    key: key === undefined || key === "-" ? null : key,
    open,
    folder,
    trash: values.trash ?? false,
    versions: values.versions ?? false,
    keepDamaged: values["keep-damaged"] ?? false,
  };
}

function isKey(argument: string): boolean {
  try {
    readRecoveryKey(argument);
    return true;
  } catch {
    return false;
  }
}

function wrong(message: string): KeyfoldError {
  return new KeyfoldError("invalid-argument", message);
}
