/** What the folder makes of transfers. */
export { systemClock } from "./clock.ts";
export { Downloads } from "./downloads.ts";
export type { BlobApi, Clock, TransferOp, TransferPort } from "./port.ts";
export { type ExposedVersion, Resealer, type ResealOptions } from "./reseal.ts";
export type { OpenSink, SavedFile, Sink } from "./save.ts";
export { Line } from "./send-blob.ts";
export { TransferList } from "./transfer-list.ts";
export { TransferView } from "./transfer-view.ts";
export { Transferring } from "./transferring.ts";
export { UploadQueue } from "./uploads.ts";
