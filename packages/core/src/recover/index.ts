/**
 * `@keyfold/core/recover`: a folder back from its key and a copy of the server's data, or a server that runs. docs/recovery.md tells people how.
 *
 * @module
 */

export { isDamage, type Stretch } from "./content.ts";
export { copySource, partPath, type DataCopy, type Row } from "./copy-source.ts";
export type { History, HistoryFault } from "./history.ts";
export { englishPlaces, pathText, type ItemChoice, type ItemKind, type PlaceNames, type RecoveryItem } from "./items.ts";
export { readRecoveryKey, type RecoveryKey } from "./key.ts";
export { openRecovery, Recovery, type RecoveryOptions } from "./recovery.ts";
export { serverSource } from "./server-source.ts";
export type { FolderSource, RecordRun, RecoverySource, Wanted } from "./source.ts";
export { withWriteAhead } from "./write-ahead.ts";
export { recoveryZip, type DamagedItem, type RecoveryZipOptions } from "./zip.ts";
