/**
 * A secret for servers that were given none: drawn once, kept in the database, so that all processes have the same.
 *
 * @module
 */

import { patiently, type Database } from "./database.ts";

const name = "server";

/** 32 bytes. The first of several processes that draw one decides. */
export async function secretIn(database: Database): Promise<Uint8Array> {
  const read = () =>
    patiently(database, () => database.query.selectFrom("server_secret").select("secret").where("name", "=", name).executeTakeFirst());
  const known = await read();
  if (known !== undefined) return known.secret;
  const secret = crypto.getRandomValues(new Uint8Array(32));
  try {
    await patiently(database, () => database.query.insertInto("server_secret").values({ name, secret }).execute());
    return secret;
  } catch (error) {
    const other = database.fault(error) === "duplicate" ? await read() : undefined;
    if (other === undefined) throw error;
    return other.secret;
  }
}
