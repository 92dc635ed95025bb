/** Gives an element of the manager its folder and words, and carries its parts out with its name before them: `row` of the list is `list-row`. */
import { noChange } from "lit";
import { Directive, directive, PartType } from "lit/directive.js";
import type { ElementPart, PartInfo } from "lit/directive.js";
import type { Folder } from "@keyfold/core";
import type { FolderSource, KeyfoldElement } from "../base/index.ts";
import type { PartialWords } from "../i18n/index.ts";

/** What every element inside gets from the manager. */
export interface Inner {
  readonly folder: Folder | null;
  readonly from: FolderSource | null;
  readonly i18n: PartialWords;
}

const parts = {
  "key-bar": ["base", "generate", "sign", "secret", "error"],
  "key-ceremony": ["base", "secret", "network", "error"],
  "key-entry": ["base", "secret", "error"],
  alert: ["base", "message", "network"],
  status: ["base", "progress", "problem"],
  qr: ["base", "code", "link", "empty"],
  tree: ["base", "row", "badge", "empty", "error"],
  list: ["base", "toolbar", "row", "cell", "breadcrumb", "empty", "error"],
  uploader: ["base", "dropzone", "item", "bar", "empty", "error"],
  transfers: ["base", "item", "bar", "empty", "error"],
  search: ["base", "input", "chip", "empty", "error"],
  details: ["base", "meta", "empty", "error"],
  footer: ["base", "logo", "image"],
} as const;

class InnerDirective extends Directive {
  #given: Inner | null = null;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("inner stands in an element's tag, not in an attribute");
  }

  render(_inner: Inner, _name: keyof typeof parts) {
    return noChange;
  }

  override update(part: ElementPart, [inner, name]: [Inner, keyof typeof parts]) {
    const element = part.element as KeyfoldElement;
    const before = this.#given;
    if (before === null) element.setAttribute("exportparts", parts[name].map((each) => `${each}: ${name}-${each}`).join(", "));
    if (before?.folder !== inner.folder) element.folder = inner.folder;
    if (before?.from !== inner.from) element.from = inner.from;
    if (before?.i18n !== inner.i18n) element.i18n = inner.i18n;
    this.#given = inner;
    return noChange;
  }
}

/** @example `<keyfold-list ${inner(scene.inner, "list")}></keyfold-list>` */
export const inner = directive(InnerDirective);
