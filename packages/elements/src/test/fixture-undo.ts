/** What the fixture folder remembers of its changes. Nobody else changes it, so nothing is refused unless a test asks for it. */
import type { Readable, Undoable } from "@keyfold/core";

interface FixtureDone {
  readonly shown: Undoable;
  undo(): void;
  redo(): void;
}

class Last implements Readable<Undoable | null> {
  stack: readonly FixtureDone[] = [];
  readonly #listeners = new Set<() => void>();

  get value(): Undoable | null {
    return this.stack.at(-1)?.shown ?? null;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(stack: readonly FixtureDone[]): void {
    this.stack = stack;
    for (const listener of this.#listeners) listener();
  }
}

export class FixtureUndo {
  readonly undoable = new Last();
  readonly redoable = new Last();

  push(done: FixtureDone): void {
    this.undoable.set([...this.undoable.stack, done]);
    this.redoable.set([]);
  }

  undo(): Undoable | null {
    const last = this.undoable.stack.at(-1);
    if (last === undefined) return null;
    last.undo();
    this.undoable.set(this.undoable.stack.slice(0, -1));
    this.redoable.set([...this.redoable.stack, last]);
    return last.shown;
  }

  redo(): Undoable | null {
    const last = this.redoable.stack.at(-1);
    if (last === undefined) return null;
    last.redo();
    this.redoable.set(this.redoable.stack.slice(0, -1));
    this.undoable.set([...this.undoable.stack, { ...last, shown: { ...last.shown } }]);
    return last.shown;
  }
}
