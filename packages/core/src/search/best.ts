/**
 * The best few of many, without sorting the rest.
 *
 * @module
 */

export interface Candidate {
  readonly place: number;
  /** The higher the better; where the order is another, what it counts. */
  readonly score: number;
}

export class Best {
  readonly #limit: number;
  readonly #compare: (a: Candidate, b: Candidate) => number;
  /** A heap with the worst on top. */
  readonly #heap: Candidate[] = [];

  /** @param compare as for sorting: below 0 where the first is the better one; never 0 for two that differ */
  constructor(limit: number, compare: (a: Candidate, b: Candidate) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  offer(candidate: Candidate): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(candidate);
      this.#rise(heap.length - 1);
    } else if (this.#limit > 0 && this.#compare(candidate, heap[0]!) < 0) {
      heap[0] = candidate;
      this.#sink();
    }
  }

  /** Best first. */
  sorted(): readonly Candidate[] {
    return [...this.#heap].sort(this.#compare);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1;
      if (this.#compare(heap[at]!, heap[above]!) <= 0) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#compare(heap[child]!, heap[worst]!) > 0) worst = child;
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
