/**
 * SQLite in the page (sql.js), its WebAssembly inside the script: a saved page fetches nothing.
 *
 * @module
 */
import type { DataCopy } from "@keyfold/core/recover";
import initSqlJs from "sql.js/dist/sql-wasm-browser.js";
import zippedBase64 from "keyfold:sqlite-wasm";

async function wasm(): Promise<ArrayBuffer> {
  const zipped = Uint8Array.from(atob(zippedBase64), (character) => character.charCodeAt(0));
  return new Response(new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/** A database that is given as bytes, without a write-ahead log. */
export async function openSqlite(bytes: Uint8Array): Promise<Pick<DataCopy, "query" | "close">> {
  const { Database } = await initSqlJs({ wasmBinary: await wasm() });
  const database = new Database(bytes);
  return {
    query(sql, values) {
      const statement = database.prepare(sql, [...values]);
      try {
        const rows = [];
        while (statement.step()) rows.push(statement.getAsObject());
        return rows;
      } finally {
        statement.free();
      }
    },
    close: () => database.close(),
  };
}
