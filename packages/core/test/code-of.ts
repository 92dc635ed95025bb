import type { KeyfoldError } from "../src/index.ts";

/** The code of the error that it ends with; "none" where it ends well. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: KeyfoldError) => error.code,
  );
}
