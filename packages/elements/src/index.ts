/**
 * `@keyfold/elements`: the classes of all elements, and what a page may add to them. Importing this registers nothing: `@keyfold/elements/define` does
 * for all, `@keyfold/elements/define/list` for one.
 *
 * @module
 */
export { KeyfoldAlert } from "./alert/alert.ts";
export { folderContext, KeyfoldElement, Observed } from "./base/index.ts";
export type { FolderSource } from "./base/index.ts";
export { KeyfoldBrand } from "./brand/brand.ts";
export { KeyfoldDetails } from "./details/details.ts";
export { KeyfoldFolder } from "./folder/folder.ts";
export { KeyfoldFooter } from "./footer/footer.ts";
export { formatsFor, registerLocale, registeredLocales, wordsFor } from "./i18n/index.ts";
export type { Formats, Locale, PartialWords, Words } from "./i18n/index.ts";
export { icon, mark } from "./icon/index.ts";
export type { IconName, MarkState } from "./icon/index.ts";
export { KeyfoldKeyBar } from "./key-bar/key-bar.ts";
export { KeyfoldKeyCeremony } from "./key-ceremony/key-ceremony.ts";
export { KeyfoldKeyEntry } from "./key-entry/key-entry.ts";
export { KeyfoldList } from "./list/list.ts";
export { KeyfoldManager } from "./manager/manager.ts";
export { KeyfoldPreview } from "./preview/preview.ts";
export { KeyfoldQr } from "./qr/qr.ts";
export { KeyfoldSearch } from "./search/search.ts";
export { KeyfoldStatus } from "./status/status.ts";
export { publicTokens, theme } from "./theme/index.ts";
export { KeyfoldTransfers } from "./transfers/transfers.ts";
export { KeyfoldTree } from "./tree/tree.ts";
export { KeyfoldUploader } from "./uploader/uploader.ts";
