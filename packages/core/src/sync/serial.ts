/** One piece of work at a time, in the order asked for: what moves the folder's place in its history must not overlap. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    // The next one waits for this one, not for its success.
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
