/**
 * A pool of mysql2 as Kysely wants one, but whose statements are prepared: bytes go over as bytes, half as long as in hex, and nothing is ever escaped.
 *
 * @module
 */

import type { MysqlOkPacket, MysqlPool, MysqlPoolConnection, MysqlQueryResult } from "kysely";
import mysql2, { type Pool, type PoolConnection, type QueryError } from "mysql2";

/** How long an answer is waited for, milliseconds; longer than the server waits for locks. */
const answerWait = 35_000;

/** Seconds: for a row's lock; and until the server ends a session that says nothing, and gives up its batch. */
const session = [
  "set session transaction isolation level read committed",
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2, wait_timeout = 30, autocommit = 1",
];

/** mysql2 sends numbers as doubles, which some servers refuse after `limit`, and knows no bytes but Buffers. */
function parameter(value: unknown): unknown {
  if (typeof value === "number" && Number.isSafeInteger(value)) return mysql2.TypedParameter.LONGLONG(value);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

type Answered = (error: unknown, result: MysqlQueryResult) => void;

const nothingDone: MysqlOkPacket = { affectedRows: 0, changedRows: 0, insertId: 0 };

/** @param isDone An error that says that the statement's work is done already. */
export function preparedPool(pool: Pool, isDone: (error: unknown) => boolean = () => false): MysqlPool {
  const known = new WeakMap<PoolConnection, MysqlPoolConnection>();

  const adapted = (connection: PoolConnection): MysqlPoolConnection => {
    const run = (text: string, parameters: readonly unknown[], answered: Answered): void => {
      const end = (error: QueryError | null, result: unknown): void => {
        if (error !== null && isDone(error)) return answered(null, nothingDone);
        // An answer that is late would be taken for the next statement's.
        if (error?.code === "PROTOCOL_SEQUENCE_TIMEOUT") connection.destroy();
        answered(error, result as MysqlQueryResult);
      };
      // Not all statements can be prepared; those without parameters need not be.
      if (parameters.length === 0) connection.query({ sql: text, timeout: answerWait }, end);
      else connection.execute({ sql: text, timeout: answerWait, values: parameters.map(parameter) as never }, end);
    };
    const own = {
      config: connection.config,
      threadId: connection.threadId,
      connect: (called?: (error: unknown) => void) => called?.(null),
      destroy: () => connection.destroy(),
      release: () => connection.release(),
      query: (text: string, parameters: readonly unknown[], answered: Answered = () => undefined) => {
        run(text, parameters, answered);
        return {
          stream: () => {
            throw new Error("Rows are not streamed.");
          },
        };
      },
    };
    return own;
  };

  const prepare = (connection: PoolConnection, ready: (error: unknown) => void): void => {
    connection.on("error", () => undefined); // its end between two statements is no fault of the process
    const next = (place: number): void => {
      const text = session[place];
      if (text === undefined) return ready(null);
      connection.query({ sql: text, timeout: answerWait }, (error) => {
        if (error === null) return next(place + 1);
        connection.destroy();
        ready(error);
      });
    };
    next(0);
  };

  return {
    getConnection(called) {
      pool.getConnection((error, connection) => {
        if (error !== null) return called(error, undefined as never);
        const there = known.get(connection);
        if (there !== undefined) return called(null, there);
        prepare(connection, (failed) => {
          if (failed !== null) return called(failed, undefined as never);
          const made = adapted(connection);
          known.set(connection, made);
          called(null, made);
        });
      });
    },
    end: (called) => pool.end(called),
  };
}
