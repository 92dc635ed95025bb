/** A client whose folders are fixtures: what `new Keyfold(…)` is to real folders. */
import { KeyfoldError } from "@keyfold/core";
import type { Folder, KeyfoldClient, ListedFolder, OpenedShare } from "@keyfold/core";
import { FixtureFolder } from "./fixture-folder.ts";
import { FixturePairing } from "./fixture-pairing.ts";

export class FixtureClient implements KeyfoldClient {
  readonly server = "https://files.example.com/keyfold";
  readonly calls: string[] = [];
  /** Folders by id. */
  readonly held = new Map<string, FixtureFolder>();
  last: string | null = null;
  /** What the next `open(key)` gives. */
  opens: FixtureFolder | KeyfoldError = new KeyfoldError("wrong-key", "This key opens no folder here.");
  /** What `create()` gives, in order. */
  makes: (FixtureFolder | KeyfoldError)[] = [];

  async create(): Promise<Folder> {
    this.calls.push("create");
    const made = this.makes.shift() ?? new FixtureFolder();
    if (made instanceof KeyfoldError) throw made;
    return made;
  }

  async open(): Promise<Folder> {
    this.calls.push("open");
    if (this.opens instanceof KeyfoldError) throw this.opens;
    return this.opens;
  }

  async openFolder(id: string): Promise<Folder> {
    this.calls.push(`openFolder ${id}`);
    const folder = this.held.get(id);
    if (folder === undefined) throw new KeyfoldError("not-found", "There is no such folder.");
    return folder;
  }

  async openLink(url: string): Promise<Folder> {
    return this.openFolder(new URL(url).pathname.split("/").at(-1) ?? "");
  }

  async joinByPairing(): Promise<FixturePairing<Folder>> {
    this.calls.push("joinByPairing");
    return new FixturePairing<Folder>();
  }

  async openShare(): Promise<OpenedShare> {
    this.calls.push("openShare");
    throw new KeyfoldError("gone", "There is no such link.");
  }

  async folders(): Promise<readonly ListedFolder[]> {
    return [...this.held.keys()].map((id) => ({ id, created: 0, changed: 0, used: 0 }));
  }

  async forgetFolder(id: string): Promise<void> {
    this.calls.push(`forgetFolder ${id}`);
  }

  async lastFolder(): Promise<string | null> {
    return this.last;
  }
}
