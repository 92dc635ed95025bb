/** What the command has of its process, and how it ends. */
import type { Environment } from "./given.ts";

export interface Surroundings {
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly version: string;
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Calls back for every signal to end. */
  readonly onSignal: (told: () => void) => void;
}

/** Exit codes. */
export const ended = 0;
export const failed = 1;
export const misused = 2;
