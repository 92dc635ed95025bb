export { copyText } from "./copy-text.ts";
export { folderContext, isFolderSource } from "./folder-source.ts";
export type { FolderSource, OpenWithKeyOptions } from "./folder-source.ts";
export { KeyfoldElement } from "./keyfold-element.ts";
export { Observed } from "./observed.ts";
