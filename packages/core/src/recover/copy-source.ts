/**
 * A copy of a server's data folder as a source: its SQLite database, and the sealed parts beside it (docs/deploying.md, "The data folder").
 *
 * Of the tables only what recovery needs is read, and a row that cannot be read is a row that is missing. How a database is queried and a file is
 * read comes in from outside: Node and browsers differ in that alone.
 *
 * @module
 */

import { concat, isHexId, toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { readLength } from "../key/schedule.ts";
import { readAuthPubOf, keysLength } from "../protocol/identity.ts";
import { joinPage } from "../protocol/record.ts";
import type { FolderSource, RecordRun, RecoverySource, Wanted } from "./source.ts";

type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

export interface DataCopy {
  /** Rows of a query, its `?` filled in. Throws what the database throws. */
  query(sql: string, values: readonly (string | number)[]): readonly Row[];
  /** A file's bytes, by its path in the data folder (slashes between); null where it is not there. */
  file(path: string): Promise<Bytes | null>;
  close(): void;
}

/** Records that one query reads. */
const span = 256;

/** Where the embedded server puts a part: `durableFs` below `blobs/`. */
export function partPath(folder: string, blob: string, part: number): string {
  return `blobs/${folder}/${blob.slice(0, 2)}/${blob}.${part}`;
}

function bytesIn(value: Value | undefined): Bytes | null {
  return value instanceof Uint8Array ? new Uint8Array(value) : null;
}

/** Throws `malformed` where the database has none of Keyfold's tables. */
export function copySource(copy: DataCopy): RecoverySource {
  const query = (sql: string, ...values: (string | number)[]): readonly Row[] => {
    try {
      return copy.query(sql, values);
    } catch (cause) {
      throw new KeyfoldError("malformed", "The copy has no database of Keyfold's, or it is damaged beyond reading.", {
        cause,
        reason: "database",
      });
    }
  };
  query("select id from folder limit 1");

  const folderRow = (id: string): Row | undefined => query("select id, epoch, seq, keys from folder where id = ?", id)[0];

  const idOf = ({ keyId, readAuthPub, folder }: Wanted): string => {
    if (keyId !== undefined) {
      const [row] = query("select folder, epoch from folder_key where key_id = ?", keyId);
      const id = row?.["folder"];
      if (!isHexId(id)) throw wrongKey();
      const current = folderRow(id);
      if (current !== undefined && Number(row?.["epoch"]) < Number(current["epoch"])) {
        throw new KeyfoldError("old-key", "This key was replaced by a newer one.");
      }
      return id;
    }
    for (const row of folder === undefined
      ? query("select id, keys from folder")
      : query("select id, keys from folder where id = ?", folder)) {
      const [id, keys] = [row["id"], bytesIn(row["keys"])];
      if (isHexId(id) && keys?.length === keysLength && toHex(readAuthPubOf(keys)) === toHex(readAuthPub)) return id;
    }
    throw wrongKey();
  };

  return {
    async find(wanted) {
      const id = idOf(wanted);
      if (wanted.folder !== undefined && wanted.folder !== id) throw new KeyfoldError("wrong-folder", "This key opens another folder.");
      return folderIn(copy, id, lastOf(copy, id, folderRow(id)?.["seq"]));
    },
    async publishedKey(folder) {
      if (!isHexId(folder) || folderRow(folder) === undefined) throw new KeyfoldError("not-found", "There is no such folder in this copy.");
      const [row] = query("select bytes from published_key where folder = ?", folder);
      // Filled up with zeros, so that it has its page for itself.
      const bytes = bytesIn(row?.["bytes"]);
      return bytes === null || bytes.length < readLength ? null : bytes.slice(0, readLength);
    },
    close: () => Promise.resolve(copy.close()),
  };
}

/** The folder's last record. Where its row does not say it, there are as many as there are. */
function lastOf(copy: DataCopy, folder: string, told: Value | undefined): number {
  if (isCount(told)) return told;
  try {
    const [row] = copy.query("select max(seq) as seq from log_record where folder = ?", [folder]);
    const seq = row?.["seq"];
    return isCount(seq) ? seq : 0;
  } catch {
    return 0;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function wrongKey(): KeyfoldError {
  return new KeyfoldError(
    "wrong-key",
    "This key opens no folder in this copy. A copy from before the key was made needs the key before it.",
  );
}

function folderIn(copy: DataCopy, folder: string, seq: number): FolderSource {
  return {
    folder,
    seq,
    records: () => recordsOf(copy, folder, seq),
    hashes(blob) {
      let rows: readonly Row[];
      try {
        rows = copy.query("select part, hash from part where folder = ? and blob = ? order by part", [folder, blob]);
      } catch {
        return Promise.resolve(null);
      }
      const hashes = rows.map(({ hash }) => bytesIn(hash) ?? new Uint8Array());
      return Promise.resolve(rows.length > 0 && rows.every(({ part }, i) => part === i) ? concat(...hashes) : null);
    },
    part: (blob, part) => copy.file(partPath(folder, blob, part)),
  };
}

const recordsQuery = `select record.seq as seq, record.kind as kind, record.size as size, record.wire as wire, body.bytes as body
  from log_record record left join sealed_body body on body.folder = record.folder and body.seq = record.seq
  where record.folder = ? and record.seq >= ? and record.seq < ? order by record.seq`;
/** Without the body: where that cannot be read, the hashes and the signature still can. */
const spineQuery = `select seq, kind, size, wire, null as body from log_record where folder = ? and seq >= ? and seq < ? order by seq`;

async function* recordsOf(copy: DataCopy, folder: string, last: number): AsyncGenerator<RecordRun> {
  const read = (sql: string, from: number, end: number): readonly Row[] | null => {
    try {
      return copy.query(sql, [folder, from, end]);
    } catch {
      return null; // a damaged page of the database
    }
  };
  for (let from = 0; from <= last; from += span) {
    const rows =
      read(recordsQuery, from, from + span) ??
      Array.from({ length: span }, (_, i) => from + i).flatMap(
        (seq) => read(recordsQuery, seq, seq + 1) ?? read(spineQuery, seq, seq + 1) ?? [],
      );
    // Behind records that are missing none can be verified; and how many there should be is only told.
    if (rows.length === 0) return;
    yield* runs(rows);
  }
}

function* runs(rows: readonly Row[]): Generator<RecordRun> {
  let first = -1;
  let gathered: Uint8Array[] = [];
  for (const row of rows) {
    const seq = Number(row["seq"]);
    if (gathered.length > 0 && seq !== first + gathered.length) {
      yield { first, records: joinPage(gathered) };
      gathered = [];
    }
    if (gathered.length === 0) first = seq;
    gathered.push(wireOf(row));
  }
  if (gathered.length > 0) yield { first, records: joinPage(gathered) };
}

/** Kind and body. An entry's body lies apart, filled up with zeros; `size` counts the length before the record too. */
function wireOf({ kind, size, wire, body }: Row): Uint8Array {
  const sealed = bytesIn(body);
  return kind === 1 && sealed !== null ? sealed.subarray(0, Math.max(0, Number(size) - 4)) : (bytesIn(wire) ?? new Uint8Array());
}
