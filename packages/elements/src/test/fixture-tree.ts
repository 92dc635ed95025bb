/** A tree in memory for the fixture folder: small, mutable, with the same reading interface as the real one. */
import type { NodeId, TreeNode, TreeView, VersionView } from "@keyfold/core";

export interface FixtureNode {
  name: string;
  /** Directories: their children. Files: leave out. */
  children?: readonly FixtureNode[];
  size?: number;
  type?: string;
  modified?: number | null;
  id?: NodeId;
  versions?: number;
  exposed?: boolean;
  pending?: boolean;
  trashed?: boolean;
  fromDrop?: boolean;
  added?: TreeNode["added"];
  meta?: TreeNode["meta"];
}

type Mutable = { -readonly [Key in keyof TreeNode]: TreeNode[Key] };

let made = 0;

/** A new id: 32 hex digits, in order of making, so that tests are the same each time. */
export function fixtureId(): string {
  return (made++).toString(16).padStart(32, "0");
}

export class FixtureTree {
  readonly nodes = new Map<NodeId, Mutable>();
  version = 0;

  constructor(roots: readonly FixtureNode[] = []) {
    for (const root of roots) this.add(root, null);
  }

  add(given: FixtureNode, parent: NodeId | null): TreeNode {
    const id = given.id ?? fixtureId();
    const isDirectory = given.children !== undefined;
    const versions: VersionView[] = isDirectory
      ? []
      : Array.from({ length: given.versions ?? 1 }, (_, at) => ({
          blob: fixtureId(),
          size: given.size ?? 1000,
          type: given.type ?? "",
          modified: given.modified === undefined ? Date.UTC(2026, 5, 2 + at, 20, 41) : given.modified,
          exposed: given.exposed ?? false,
          thumbnail: null,
        }));
    const node: Mutable = {
      id,
      kind: isDirectory ? "directory" : "file",
      parent,
      name: given.name,
      displayName: given.name,
      trashed: given.trashed ?? false,
      trashedBy: null,
      versions,
      current: versions.at(-1) ?? null,
      fromDrop: given.fromDrop ?? false,
      added: given.added ?? { at: Date.UTC(2026, 5, 3, 8, 12), device: "laptop", here: true },
      exposed: given.exposed ?? false,
      pending: given.pending ?? false,
      meta: given.meta ?? null,
    };
    this.nodes.set(id, node);
    this.version++;
    for (const child of given.children ?? []) this.add(child, id);
    return node;
  }

  change(id: NodeId, change: Partial<TreeNode>): void {
    const node = this.nodes.get(id);
    if (node === undefined) return;
    this.nodes.set(id, { ...node, ...change });
    this.version++;
  }

  remove(id: NodeId): void {
    for (const child of [...this.nodes.values()].filter((node) => node.parent === id)) this.remove(child.id);
    this.nodes.delete(id);
    this.version++;
  }

  isTrashed(id: NodeId | null): boolean {
    for (
      let at = id === null ? undefined : this.nodes.get(id);
      at !== undefined;
      at = at.parent === null ? undefined : this.nodes.get(at.parent)
    ) {
      if (at.trashed) return true;
    }
    return false;
  }

  /** The tree as it is now; what is changed later does not show in it. */
  view(): TreeView {
    const nodes = new Map(this.nodes);
    const childrenOf = new Map<NodeId | null, TreeNode[]>();
    for (const node of nodes.values()) {
      if (node.trashed) continue;
      const siblings = childrenOf.get(node.parent);
      if (siblings === undefined) childrenOf.set(node.parent, [node]);
      else siblings.push(node);
    }
    const children = (id: NodeId | null): readonly TreeNode[] => childrenOf.get(id) ?? [];
    function* descend(id: NodeId | null): Iterable<TreeNode> {
      for (const child of children(id)) {
        yield child;
        yield* descend(child.id);
      }
    }
    const path = (id: NodeId): readonly TreeNode[] => {
      const steps: TreeNode[] = [];
      for (let at = nodes.get(id); at !== undefined; at = at.parent === null ? undefined : nodes.get(at.parent)) steps.unshift(at);
      return steps;
    };
    const alive = [...descend(null)];
    return {
      version: this.version,
      count: {
        files: alive.filter((node) => node.kind === "file").length,
        directories: alive.filter((node) => node.kind === "directory").length,
      },
      get: (id) => nodes.get(id),
      children,
      childCount: (id) => children(id).length,
      path,
      resolve(text) {
        let at = null as TreeNode | null;
        for (const name of text.split("/").filter((part) => part !== "")) {
          const next: TreeNode | undefined = children(at?.id ?? null).find((node) => node.displayName === name);
          if (next === undefined) return undefined;
          at = next;
        }
        return at;
      },
      trash: () => [...nodes.values()].filter((node) => node.trashed).reverse(),
      descend,
      size(id) {
        const own = id === null ? 0 : (nodes.get(id)?.current?.size ?? 0);
        return [...descend(id)].reduce((sum, node) => sum + (node.current?.size ?? 0), own);
      },
    };
  }
}

/** The folder of the drawings: five subfolders, seven files. */
export const drawnTree: readonly FixtureNode[] = [
  { name: "Contracts", children: [{ name: "2026", children: [{ name: "Draft.docx", size: 48_000 }] }] },
  { name: "Identity", children: [{ name: "Passport.jpg", type: "image/jpeg", size: 2_100_000 }] },
  { name: "Mortgage", children: [] },
  { name: "Photos", children: [{ name: "Garden.jpg", type: "image/jpeg", size: 3_400_000 }] },
  { name: "Searches", children: [] },
  { name: "Boundary wall.jpg", type: "image/jpeg", size: 3_100_000 },
  { name: "Floor plan, ground floor.pdf", type: "application/pdf", size: 1_400_000 },
  { name: "Offer letter.pdf", type: "application/pdf", size: 212_000 },
  { name: "Questions for the seller.md", type: "text/markdown", size: 6_000 },
  { name: "Street front, evening.jpg", type: "image/jpeg", size: 4_800_000, versions: 2 },
  { name: "Survey report.pdf", type: "application/pdf", size: 12_400_000 },
  { name: "Costs and fees.xlsx", type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", size: 48_000 },
];
