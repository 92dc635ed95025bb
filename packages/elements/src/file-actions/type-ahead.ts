/** Typing letters goes to the next name that begins with them (ARIA tree and grid patterns). */
export class TypeAhead {
  #typed = "";
  #at = Number.NEGATIVE_INFINITY;

  /**
   * Index of the name to go to, or -1. One letter goes on from where the focus is, so that pressing it again walks through the names it begins.
   *
   * @param now milliseconds of a clock that only goes on
   */
  find(letter: string, names: readonly string[], from: number, now: number): number {
    this.#typed = now - this.#at > pause ? letter : this.#typed + letter;
    this.#at = now;
    const typed = this.#typed.toLocaleLowerCase();
    const repeated = Array.from(typed).every((each) => each === typed[0]);
    const wanted = repeated ? (typed[0] ?? "") : typed;
    const start = repeated ? from + 1 : Math.max(from, 0);
    for (let step = 0; step < names.length; step++) {
      const index = (start + step) % names.length;
      if (names[index]?.toLocaleLowerCase().startsWith(wanted) === true) return index;
    }
    return -1;
  }

  /** Whether a key is a letter that was typed, not a shortcut. A space only goes on with what was begun. */
  takes(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || Array.from(event.key).length !== 1) return false;
    return event.key !== " " || (this.#typed !== "" && event.timeStamp - this.#at < pause);
  }
}

const pause = 700;
