/**
 * Work in slices, with the page's own work in between.
 *
 * @module
 */

/** Milliseconds of a slice: a frame has 16, of which most are the page's. */
const slice = 6;

interface Scheduler {
  postTask(callback: () => void): Promise<unknown>;
}

/** Calls back in a task of its own. */
function soon(callback: () => void): void {
  const { scheduler } = globalThis as { scheduler?: Partial<Scheduler> };
  if (typeof scheduler?.postTask === "function") void scheduler.postTask(callback);
  else setTimeout(callback, 0);
}

export class Slices {
  #work: Generator<void> | null = null;
  #isWaiting = false;

  get isBusy(): boolean {
    return this.#work !== null;
  }

  /** Begins this at once, and goes on with it until it is done. What was being done is given up. */
  begin(work: Generator<void>): void {
    this.#work = work;
    this.#go();
  }

  stop(): void {
    this.#work = null;
  }

  #go(): void {
    const end = performance.now() + slice;
    do {
      const work = this.#work;
      if (work === null) return;
      // The work may begin other work while it runs.
      if (work.next().done === true && this.#work === work) this.#work = null;
    } while (performance.now() < end);
    if (this.#work === null || this.#isWaiting) return;
    this.#isWaiting = true;
    soon(() => {
      this.#isWaiting = false;
      this.#go();
    });
  }
}
