/**
 * A server that runs, as a source (docs/protocol.md).
 *
 * @module
 */

import { baseUrl } from "../api/base-url.ts";
import { FolderApi, ServerApi } from "../api/client.ts";
import { Http, type HttpOptions } from "../api/http.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { FolderSource, RecordRun, RecoverySource, Wanted } from "./source.ts";

/** Attempts at each request. */
const attempts = 6;

/** Reads from the server whose mount has this address. Throws `invalid-argument` where it is none. */
export function serverSource(server: string, options: Omit<HttpOptions, "server"> = {}): RecoverySource {
  const http = new Http({ ...options, server: baseUrl(server) });
  const api = new ServerApi(http);

  const place = async ({ keyId, folder }: Wanted): Promise<{ folder: string; epoch: number }> => {
    if (keyId === undefined) {
      if (folder === undefined)
        throw new KeyfoldError("invalid-argument", "A server finds a read key's folder by its id: name the folder.");
      return api.folder(folder);
    }
    const found = await api.findKey(keyId, { attempts });
    if (folder !== undefined && found.folder !== folder) throw new KeyfoldError("wrong-folder", "This key opens another folder.");
    if (found.epoch < found.current) throw new KeyfoldError("old-key", "This key was replaced by a newer one.");
    return found;
  };

  return {
    async find(wanted) {
      const { folder, epoch } = await place(wanted);
      const blobs = new FolderApi(http, folder);
      blobs.session.use(wanted.credential(epoch));
      const { seq } = await blobs.log(0, { attempts });
      return overApi(blobs, seq);
    },
    publishedKey: async (folder) => (await api.folder(folder, { attempts })).readKey,
    close: () => Promise.resolve(),
  };
}

function overApi(api: FolderApi, seq: number): FolderSource {
  async function* records(): AsyncGenerator<RecordRun> {
    for (let from = 0; from <= seq;) {
      const page = await api.log(from, { attempts });
      if (page.count === 0) return;
      yield { first: from, records: page.records };
      from += page.count;
    }
  }
  return {
    folder: api.folder,
    seq,
    records,
    hashes: (blob) => unlessLacking(api.hashes(blob, { attempts })),
    part: (blob, part) => unlessLacking(api.getPart(blob, part, { attempts })),
  };
}

/** Null where the server has not got it. What it knows to be damaged rejects with `tampered`. */
async function unlessLacking(bytes: Promise<Bytes>): Promise<Bytes | null> {
  try {
    return await bytes;
  } catch (error) {
    if (isKeyfoldError(error, "not-found") || isKeyfoldError(error, "gone")) return null;
    if (isKeyfoldError(error, "conflict") && error.reason === "incomplete") return null;
    throw error;
  }
}
