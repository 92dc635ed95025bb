/** What a folder is opened with. */
import type { ServerApi } from "../api/client.ts";
import type { Http } from "../api/http.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { LocalStore } from "../interface/store.ts";
import type { Device } from "../store/device.ts";
import type { Liveness } from "../store/liveness.ts";
import type { Place } from "../store/place.ts";
import type { LinkedReader } from "./access.ts";
import type { Keyring } from "./keyring.ts";

export interface FolderSyncOptions {
  readonly provider: CryptoProvider;
  readonly http: Http;
  readonly server: ServerApi;
  readonly folder: string;
  readonly store: LocalStore;
  readonly device: Device;
  readonly live: Liveness;
  readonly keyring: Keyring;
  /** What this device verified of the folder before. */
  readonly place: Place | null;
  /** A read key that came by a link. */
  readonly reader?: LinkedReader | undefined;
  /** Milliseconds between pulls. */
  readonly pollInterval: number;
  /** This device's clock: milliseconds since 1970. */
  readonly now: () => number;
}
