/** The side of a fixture folder that a test holds: it poses the state, the tree and the failures, and reads what was asked of the folder. */
import { KeyfoldError } from "@keyfold/core";
import type { ErrorCode, FolderState, Problem } from "@keyfold/core";
import { FixtureTree } from "./fixture-tree.ts";
import type { FixtureNode } from "./fixture-tree.ts";

export function fixtureProblem(code: ErrorCode, numbers: Readonly<Record<string, number>> = {}): Problem {
  return { code, error: new KeyfoldError(code, code), numbers };
}

type Call = { readonly name: string; readonly args: readonly unknown[] };

export class PosedFolder {
  readonly id = "f0".repeat(16);
  readonly tree: FixtureTree;
  /** What was asked of the folder, in order. */
  readonly calls: Call[] = [];
  /** Makes the named call reject. */
  readonly failing = new Map<string, KeyfoldError>();
  state: FolderState;
  readonly #listeners = new Set<() => void>();
  readonly #problems = new Set<(error: KeyfoldError) => void>();

  constructor(nodes: readonly FixtureNode[] = [], state: Partial<FolderState> = {}) {
    this.tree = new FixtureTree(nodes);
    this.state = {
      status: "open",
      id: this.id,
      epoch: 0,
      seq: 12,
      access: "write",
      connection: "online",
      tree: this.tree.view(),
      pending: [],
      exposed: { remaining: 0, total: 0 },
      usage: { used: 1_200_000_000, quota: 5_000_000_000 },
      keyStep: "none",
      keyId: null,
      problem: null,
      insecurePage: false,
      syncedAt: Date.now(),
      ...state,
    };
  }

  /** Replaces parts of the state and tells the subscribers. */
  pose(change: Partial<FolderState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Shows the tree as it is after changes to `tree`. */
  show(): void {
    this.pose({ tree: this.tree.view() });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get subscribers(): number {
    return this.#listeners.size;
  }

  onProblem(listener: (error: KeyfoldError) => void): () => void {
    this.#problems.add(listener);
    return () => this.#problems.delete(listener);
  }

  tell(error: KeyfoldError): void {
    for (const listener of this.#problems) listener(error);
  }

  /** Writes a call down, and fails it where a test wants that. */
  protected record(name: string, ...args: readonly unknown[]): void {
    this.calls.push({ name, args });
    const error = this.failing.get(name);
    if (error !== undefined) throw error;
  }
}
