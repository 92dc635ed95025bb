/** Every law there is: what `npm run soak` checks. */
import { convergenceLaws } from "./convergence.ts";
import { decoderLaws } from "./decoders/index.ts";
import type { Law } from "./law.ts";
import { rangeLaws } from "./ranges.ts";
import { rebaseLaws } from "./rebase.ts";
import { rowLaws } from "./rows.ts";

const groups: Readonly<Record<string, readonly Law[]>> = {
  devices: convergenceLaws,
  rebase: rebaseLaws,
  rows: rowLaws,
  ranges: rangeLaws,
  decoders: decoderLaws,
};

export const allLaws: readonly Law[] = Object.entries(groups).flatMap(([group, laws]) =>
  laws.map((one) => ({ ...one, name: `${group}: ${one.name}` })),
);
