/** Set-up of the suites that run over a database's server (`vitest.config.ts`). */
import { afterAll, beforeEach } from "vitest";
import { chosenDatabase, dropLent, needs } from "./databases.ts";

beforeEach((context) => needs(chosenDatabase, context));
afterAll(dropLent);
