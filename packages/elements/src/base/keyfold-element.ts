/** What all elements share: they find their folder, follow its state, speak the page's language, and hold no truth of their own. */
import { ContextConsumer, ContextRoot } from "@lit/context";
import { LitElement } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import { isInsecurePage, KeyfoldError } from "@keyfold/core";
import type { Folder, FolderState, FolderStatus, Problem } from "@keyfold/core";
import { mergeWords, wordsFor } from "../i18n/index.ts";
import type { Formats, PartialWords, Words } from "../i18n/index.ts";
import { registerTokens, theme } from "../theme/index.ts";
import { folderContext } from "./folder-source.ts";
import type { FolderSource } from "./folder-source.ts";
import { nearestLanguage, onLanguageChange } from "./nearest-language.ts";
import { SourceFinder } from "./source-finder.ts";

let contextRoot: ContextRoot | null = null;

/**
 * Base of every element. Order in which the folder is found: the `folder` property, the element that `for` names, an element around it.
 *
 * Events are named `keyfold-…`, do not bubble and are not composed: `emit()`.
 */
export class KeyfoldElement extends LitElement {
  static override styles: CSSResultGroup = [...theme];

  /** Id of a `keyfold-folder` or `keyfold-manager`, in this element's own root or in the document. */
  @property({ attribute: "for" }) htmlFor: string | null = null;

  /** Words of your own, merged into those of the page's language. Only what you give is replaced. */
  @property({ attribute: false }) i18n: PartialWords = {};

  /** Where the folder comes from, handed down by an element of ours that stands around this one. Not for pages. */
  @property({ attribute: false }) from: FolderSource | null = null;

  readonly #finder: SourceFinder;
  readonly #consumer: ContextConsumer<typeof folderContext, this>;
  #given: Folder | null = null;
  #named: FolderSource | null = null;
  #around: FolderSource | null = null;
  #watchedSource: FolderSource | null = null;
  #watchedFolder: Folder | null = null;
  #stopSource: (() => void) | null = null;
  #stopFolder: (() => void) | null = null;
  #stopLanguage: (() => void) | null = null;
  #words: Words | null = null;
  #language = "";
  #mergedFrom: PartialWords | null = null;

  constructor() {
    super();
    registerTokens();
    this.#finder = new SourceFinder(this, (source) => {
      this.#named = source;
      this.#rewire();
    });
    this.#consumer = new ContextConsumer(this, {
      context: folderContext,
      subscribe: true,
      callback: (source) => {
        this.#around = source;
        this.#rewire();
      },
    });
  }

  /** The folder, where the page holds one itself (`new Keyfold(…)`). Comes before `for` and before an element around this one. */
  @property({ attribute: false })
  get folder(): Folder | null {
    return this.#given ?? this.source?.folder ?? null;
  }

  set folder(folder: Folder | null) {
    const previous = this.#given;
    this.#given = folder ?? null;
    this.#rewire();
    this.requestUpdate("folder", previous);
  }

  /** Where the folder comes from when no `folder` was given; null when there is nothing. */
  protected get source(): FolderSource | null {
    if (this.#given !== null) return null;
    if (this.from !== null) return this.from;
    if (this.htmlFor !== null) return this.#named;
    return this.#around ?? this.#consumer.value ?? null;
  }

  /** The folder where one was given to this very element: elements inside get it, or else `from`. */
  protected get givenFolder(): Folder | null {
    return this.#given;
  }

  /** The folder's state; null before there is a folder. */
  protected get state(): FolderState | null {
    return this.folder?.state ?? null;
  }

  protected get status(): FolderStatus {
    return this.state?.status ?? this.source?.status ?? "none";
  }

  /** Whoever is on the network can change this page; known also before there is a folder. */
  protected get insecurePage(): boolean {
    return this.state?.insecurePage ?? isInsecurePage();
  }

  protected get problem(): Problem | null {
    return this.state?.problem ?? this.source?.problem ?? null;
  }

  /** The folder; an open one is made where there is none yet (first run). Rejects with a `KeyfoldError`. */
  protected async ensureFolder(): Promise<Folder> {
    if (this.folder !== null) return this.folder;
    if (this.source === null)
      throw new KeyfoldError("invalid-argument", "This element has no folder: set folder or for, or put it into a keyfold-folder.");
    return this.source.ensureFolder();
  }

  /** Words in the nearest language, with `i18n` merged in. */
  protected get words(): Words {
    if (this.#words === null || this.#mergedFrom !== this.i18n) {
      this.#mergedFrom = this.i18n;
      this.#words = mergeWords(wordsFor(this.#currentLanguage()).words, this.i18n);
    }
    return this.#words;
  }

  /** Numbers, bytes and dates in the nearest language. */
  protected get format(): Formats {
    return wordsFor(this.#currentLanguage()).format;
  }

  /** Dispatches `keyfold-<name>` on this element only. False when it was cancelable and somebody cancelled it. */
  protected emit(name: string, detail?: Readonly<Record<string, unknown>>, options: { cancelable?: boolean } = {}): boolean {
    const { cancelable = false } = options;
    return this.dispatchEvent(new CustomEvent(`keyfold-${name}`, { detail: detail ?? {}, bubbles: false, composed: false, cancelable }));
  }

  /** Called after another folder (or none) took the place of the one before. */
  protected folderChanged(_folder: Folder | null, _previous: Folder | null): void {}

  /** Called after each change of the folder's state, before the update. */
  protected stateChanged(): void {}

  override connectedCallback(): void {
    contextRoot ??= attachContextRoot();
    super.connectedCallback();
    this.#stopLanguage ??= onLanguageChange(() => {
      this.#words = null;
      this.#language = "";
      this.requestUpdate();
    });
    this.#language = "";
    this.#words = null;
    this.#rewire();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopLanguage?.();
    this.#stopLanguage = null;
    this.#stopSource?.();
    this.#stopFolder?.();
    this.#stopSource = this.#stopFolder = null;
    this.#watchedSource = null;
    this.#watchedFolder = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has("htmlFor")) this.#finder.id = this.htmlFor;
    if (changed.has("htmlFor") || changed.has("from")) this.#rewire();
  }

  #currentLanguage(): string {
    if (this.#language === "") this.#language = nearestLanguage(this);
    return this.#language;
  }

  /** Subscribes to what the folder comes from now, and to the folder. */
  #rewire(): void {
    if (!this.isConnected) return;
    const source = this.source;
    if (source !== this.#watchedSource) {
      this.#stopSource?.();
      this.#watchedSource = source;
      this.#stopSource = source?.subscribeSource(() => this.#rewire()) ?? null;
    }
    const folder = this.folder;
    if (folder !== this.#watchedFolder) {
      const previous = this.#watchedFolder;
      this.#stopFolder?.();
      this.#watchedFolder = folder;
      this.#stopFolder =
        folder?.subscribe(() => {
          this.stateChanged();
          this.requestUpdate();
        }) ?? null;
      this.folderChanged(folder, previous);
      this.stateChanged();
    }
    this.requestUpdate();
  }

  /** For elements that are a source themselves: looks at the folder anew after it changed. */
  protected rewire(): void {
    this.#rewire();
  }
}

/** Answers elements that asked for their folder before the element around them was defined. One a page. */
function attachContextRoot(): ContextRoot {
  const root = new ContextRoot();
  root.attach(document.documentElement);
  return root;
}
