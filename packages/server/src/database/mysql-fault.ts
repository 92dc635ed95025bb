/** What errors of MySQL and MariaDB mean, by their numbers. */
import { hasCode, isLostConnection } from "./connection-fault.ts";
import type { Fault } from "./database.ts";

const busy = new Set([
  1040, // too many connections
  1203, // … of this user
  1205, // lock wait timeout
  1213, // deadlock
  1020, // record has changed since last read (MariaDB, innodb_snapshot_isolation)
  1053, // the server is shut down
  1077,
  1079,
  1290, // read-only: a replica, after a change of roles
  1792,
  1836,
  1317, // an administrator ended the query
  1927, // … the session
  1969, // max_statement_time
  3024, // max_execution_time
  3169,
  4031, // idle too long
]);

const full = new Set([
  1021, // disk full
  1114, // the table is full
]);

/** "Got error 28 from storage engine", "Error writing file … (Errcode: 28)". */
const noSpace = /\berror:? 28\b|Errcode: 28\b|No space left/i;

export function mysqlFault(error: unknown): Fault {
  if (isLostConnection(error) || hasCode(error, "PROTOCOL_CONNECTION_LOST", "PROTOCOL_SEQUENCE_TIMEOUT")) return "busy";
  if (!(error instanceof Error)) return "other";
  if (error.message.startsWith("Can't add new command when connection is in closed state")) return "busy";
  const number = "errno" in error ? error.errno : undefined;
  if (typeof number !== "number") return "other";
  if (number === 1062 || number === 1586) return "duplicate";
  if (full.has(number) || noSpace.test(error.message)) return "full";
  return busy.has(number) ? "busy" : "other";
}
