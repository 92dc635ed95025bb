/** A value with subscribers, who hear of changes together: however often it is set in one turn of the event loop, they are called once. */
import type { Readable } from "../interface/state.ts";

export class Source<T> implements Readable<T> {
  #value: T;
  #told = true;
  readonly #listeners = new Set<() => void>();

  readonly #set: () => void;

  /** `set` is called at once with each change: for values that are made of this one, which must not lag behind it. */
  constructor(value: T, set: () => void = () => undefined) {
    this.#value = value;
    this.#set = set;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#set();
    this.touch();
  }

  /** Calls the subscribers in a microtask, once. */
  touch(): void {
    if (!this.#told) return;
    this.#told = false;
    queueMicrotask(() => {
      this.#told = true;
      callAll(this.#listeners);
    });
  }

  subscribe(listener: () => void): () => void {
    // The same function may be given twice, by two who both mean to stop on their own.
    const mine = (): void => listener();
    this.#listeners.add(mine);
    return () => this.#listeners.delete(mine);
  }
}

/** A value that is worked out when it is read, after something changed. */
export class Derived<T> implements Readable<T> {
  readonly #make: (last: T | undefined) => T;
  readonly #changes = new Source<number>(0);
  #made: T | undefined;
  #at = -1;

  /** `make` is given what it made last, to share what did not change. */
  constructor(make: (last: T | undefined) => T) {
    this.#make = make;
  }

  get value(): T {
    if (this.#at !== this.#changes.value) {
      this.#at = this.#changes.value;
      this.#made = this.#make(this.#made);
    }
    return this.#made as T;
  }

  /** Something that it is made of changed. */
  touch(): void {
    this.#changes.set(this.#changes.value + 1);
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }
}

/** One listener's error is not another's, nor ours: it is thrown where the host's own error handling sees it. */
export function callAll<Arguments extends unknown[]>(listeners: Iterable<(...values: Arguments) => void>, ...values: Arguments): void {
  for (const listener of Array.from(listeners)) {
    try {
      listener(...values);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
