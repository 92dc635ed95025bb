/**
 * Many small writes in one commit: what arrives in the same turn of the event loop is done together. A commit waits for the disk; ten of them wait once.
 *
 * @module
 */

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** `run` gets all items of a turn and gives a result for each, in their order; when it fails, all of them have failed. */
export function together<Item, Result>(run: (items: readonly Item[]) => Promise<readonly Result[]>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];

  const go = async (): Promise<void> => {
    const group = waiting;
    waiting = [];
    try {
      const results = await run(group.map(({ item }) => item));
      for (const [place, { resolve }] of group.entries()) resolve(results[place]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void go());
      waiting.push({ item, resolve, reject });
    });
}
