import type { ReactiveControllerHost } from "lit";
import type { Folder, NodeId, TreeNode } from "@keyfold/core";
import type { ActionReport } from "../file-actions/action-report.ts";
import { nameProblem } from "../file-actions/name-problem.ts";
import { renameNode } from "../file-actions/node-changes.ts";
import type { Words } from "../i18n/index.ts";

export interface RenamingOptions {
  readonly report: ActionReport;
  words(): Words;
  /** The field went while it had the focus: its row takes it. */
  leave(): void;
}

type Host = ReactiveControllerHost & HTMLElement & { readonly folder: Folder | null };

/** The one name that is being changed in its place. */
export class Renaming {
  /** Id of the node whose name it is; null for none. */
  id: NodeId | null = null;
  readonly #host: Host;
  readonly #options: RenamingOptions;
  #wrong: string | null = null;

  constructor(host: Host, options: RenamingOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** In words, what was wrong with the last name; null when it was taken. */
  get wrong(): string | null {
    return this.#wrong;
  }

  begin(id: NodeId): void {
    this.id = id;
    this.dismiss();
  }

  /** Leaves the name as it was. */
  cancel(): void {
    this.id = null;
    this.#host.requestUpdate();
  }

  dismiss(): void {
    this.#wrong = null;
    this.#host.requestUpdate();
  }

  /** @param name null to leave it as it was */
  async finish(node: TreeNode, name: string | null): Promise<void> {
    const { folder } = this.#host;
    if (this.id !== node.id || folder === null) return;
    const changed = name !== null && name !== node.name;
    this.#wrong = changed ? nameProblem(this.#options.words(), name) : null;
    this.cancel();
    if (this.#host.matches(":focus-within")) this.#options.leave();
    if (changed && this.#wrong === null) await this.#options.report.run(() => renameNode(folder, node, name));
  }
}
