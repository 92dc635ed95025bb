import type { Database } from "../../src/database/database.ts";

/** Opens the test's database, migrated; more than once: as more than one process would. Closed with the test. */
export type Opened = () => Promise<Database>;
