import type { Transfers } from "../interface/transfer.ts";
import { Downloads } from "./downloads.ts";
import type { TransferPort } from "./port.ts";
import { Resealer } from "./reseal.ts";
import type { OpenSink } from "./save.ts";
import { Line } from "./send-blob.ts";
import { TransferList } from "./transfer-list.ts";
import { TransferView } from "./transfer-view.ts";
import { UploadQueue } from "./uploads.ts";

/** All that one folder transfers: one list, one line of requests, whatever the direction. */
export class Transferring {
  /** Everything. */
  readonly transfers: Transfers;
  readonly uploads: UploadQueue;
  readonly downloads: Downloads;
  readonly resealer: Resealer;
  readonly #list: TransferList;

  constructor(port: TransferPort, openSink?: OpenSink) {
    const list = new TransferList(port.clock);
    const line = new Line();
    this.#list = list;
    this.transfers = new TransferView(list);
    this.uploads = new UploadQueue(port, list, line);
    this.downloads = new Downloads(port, list, openSink);
    this.resealer = new Resealer(port, list, line);
  }

  /** Signed in, room again, back online: whatever waits tries now. */
  wake(): void {
    this.uploads.wake();
    this.resealer.wake();
  }

  /** Ends every request and timer. Unfinished uploads are kept for the next start. */
  async close(): Promise<void> {
    this.downloads.close();
    this.resealer.close();
    await this.uploads.close();
    this.#list.close();
  }
}
