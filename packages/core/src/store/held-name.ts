/** What holding a name means, whoever sees to it (liveness.ts). */

/** Lets go of a name. */
export type Release = () => void;

export interface Liveness {
  /** Holds a name until released or dead; null when somebody else holds it for longer than `patience` milliseconds (default 0). */
  hold(name: string, patience?: number): Promise<Release | null>;
  /** Waits for the name, does the work, lets go. */
  during<T>(name: string, work: () => Promise<T>): Promise<T>;
}
