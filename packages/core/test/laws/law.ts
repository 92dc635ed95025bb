/**
 * A law: what holds whatever the input. Tests check each a bounded number of times, `npm run soak` for as long as it is told, with new seeds.
 *
 * @module
 */
import * as fc from "fast-check";

export interface Law {
  readonly name: string;
  /** Runs in a test. */
  readonly runs: number;
  check(options: CheckOptions): Promise<Checked>;
}

export interface CheckOptions {
  readonly runs: number;
  readonly seed?: number | undefined;
  /** Where in the seed's runs the counterexample was. */
  readonly path?: string | undefined;
  /** Milliseconds after which no further run begins. */
  readonly within?: number | undefined;
}

export interface Checked {
  readonly runs: number;
  readonly seed: number;
  /** Null: it held. */
  readonly failure: { readonly path: string; readonly counterexample: string; readonly error: string } | null;
}

/** A law over the values of arbitraries; it fails by throwing. */
export function law<const Values extends [unknown, ...unknown[]]>(
  name: string,
  runs: number,
  arbitraries: { [At in keyof Values]: fc.Arbitrary<Values[At]> },
  holds: (...values: Values) => void | Promise<void>,
): Law {
  const property = fc.asyncProperty(...arbitraries, async (...values: Values): Promise<void> => {
    await holds(...values);
  });
  return {
    name,
    runs,
    async check({ runs: numRuns, seed, path, within }) {
      const details = await fc.check(property, {
        numRuns,
        ...(seed === undefined ? {} : { seed }),
        ...(path === undefined ? {} : { path }),
        ...(within === undefined ? {} : { interruptAfterTimeLimit: within }),
      });
      const { failed, interrupted, counterexample, counterexamplePath, errorInstance } = details;
      const broken = failed && !(interrupted && counterexample === null);
      const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
      const failure = broken ? { path: counterexamplePath ?? "", counterexample: fc.stringify(counterexample), error } : null;
      return { runs: details.numRuns, seed: details.seed, failure };
    },
  };
}

/** Throws with everything that is needed to see the failure again. */
export async function assertLaw(one: Law, runs = one.runs): Promise<void> {
  const { failure, seed } = await one.check({ runs });
  if (failure === null) return;
  throw new Error(
    `"${one.name}" does not hold for ${failure.counterexample}\nseed ${seed}, path ${failure.path}\n${failure.error}`.slice(0, 20_000),
  );
}
