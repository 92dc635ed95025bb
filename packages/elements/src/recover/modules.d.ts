/** SQLite's WebAssembly, gzipped, in base64: made by the build (tsup.config.ts). */
declare module "keyfold:sqlite-wasm" {
  const zippedBase64: string;
  export default zippedBase64;
}

/** What is used of sql.js (https://sql.js.org/documentation/). */
declare module "sql.js/dist/sql-wasm-browser.js" {
  type Value = string | number | Uint8Array | null;
  interface Statement {
    step(): boolean;
    getAsObject(): Record<string, Value>;
    free(): boolean;
  }
  interface Database {
    prepare(sql: string, values: Value[]): Statement;
    close(): void;
  }
  export default function initSqlJs(options: { wasmBinary: ArrayBuffer }): Promise<{ Database: new (bytes: Uint8Array) => Database }>;
}
