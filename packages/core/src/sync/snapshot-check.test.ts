import { expect, test } from "vitest";
import { namesIn, outline, until } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { TestFolder } from "../../test/transfer-folder.ts";
import type { FolderApi } from "../api/client.ts";
import { toHex } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { memoryStore, type Folder } from "../index.ts";
import { freeze, packSnapshot } from "../log/snapshot.ts";
import type { TransferOp } from "../transfer/port.ts";
import { applyOp } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import { Tree } from "../tree/tree.ts";
import { sendBlob } from "./blob-io.ts";
import { snapshotOp } from "./snapshots.ts";

const provider = webCryptoProvider();
const { devices, server } = devicesOnServer();

const mkdir = (name: string): Op => ({ op: "mkdir", node: toHex(provider.randomBytes(16)), parent: null, name });

/** A device whose entries say what the test wants, and a folder with three directories. */
class Author {
  readonly folder: TestFolder;
  readonly tree = new Tree();
  readonly #api: FolderApi;
  #seq = 0;

  private constructor(folder: TestFolder, api: FolderApi) {
    this.folder = folder;
    this.#api = api;
  }

  static async begin(): Promise<Author> {
    const folder = await TestFolder.create(server);
    const author = new Author(folder, (await folder.page()).blobs as FolderApi);
    for (const name of ["one", "two", "three"]) await author.append(mkdir(name));
    return author;
  }

  async append(op: Op): Promise<void> {
    await this.folder.append(this.#api, [op as TransferOp], "ab".repeat(16));
    applyOp(this.tree, op);
    this.#seq++;
  }

  /** A snapshot of this state, as if it were that after the last entry. */
  async snapshotOf(tree: Tree): Promise<Op> {
    const { stream, state } = packSnapshot(provider, freeze(tree));
    const pieces = [new Uint8Array(await new Response(stream).arrayBuffer())];
    const cache = { keepBlobPiece: async () => undefined };
    return snapshotOp({
      descriptor: await sendBlob({ provider, api: this.#api, cache }, pieces),
      covers: this.#seq,
      state: await state,
      pieces,
    });
  }
}

test("a snapshot of what was folded changes nothing, and the next opening begins from it", async () => {
  const author = await Author.begin();
  const store = memoryStore();
  const folder = await devices.using(devices.client({ store }).open(author.folder.root));
  await author.append(await author.snapshotOf(author.tree));
  await author.append(mkdir("four"));
  await folder.refresh();
  await folder.createDirectory("/five");
  await folder.settled();
  expect(folder.state.problem).toBeNull();
  const before = outline(folder);
  await folder.close();
  const again = await devices.using(devices.client({ store }).open(author.folder.root));
  expect(again.state.problem).toBeNull();
  expect(outline(again)).toEqual(before);
});

test.for(["leaves a directory out", "renames one", "has one too many"])(
  "a snapshot that %s is reported by who folded the log: nothing of it is shown, now or at the next opening, and nothing is appended",
  async (how) => {
    const author = await Author.begin();
    const store = memoryStore();
    const client = devices.client({ store });
    const folder = await devices.using(client.open(author.folder.root));
    const honest = outline(folder);

    const other = new Tree();
    for (const node of author.tree.nodes().slice(0, how === "leaves a directory out" ? 2 : 3)) {
      const name = how === "renames one" && node.name === "two" ? "zwei" : (node.name ?? "");
      applyOp(other, { op: "mkdir", node: node.node, parent: node.parent, name });
    }
    if (how === "has one too many") applyOp(other, mkdir("extra"));
    await author.append(await author.snapshotOf(other));

    const stopped = async (device: Folder): Promise<void> => {
      await device.refresh();
      await until(device, () => device.state.problem !== null);
      expect(device.state.problem).toMatchObject({ code: "tampered", error: { reason: "snapshot-differs" } });
      expect(outline(device)).toEqual(honest);
      await expect(device.createDirectory("/on top of it")).rejects.toMatchObject({ code: "tampered", reason: "snapshot-differs" });
      // However often it looks, and whatever else is well.
      await device.refresh();
      expect(device.state.problem?.code).toBe("tampered");
    };
    await stopped(folder);
    await folder.close();
    await stopped(await devices.using(devices.client({ store }).open(author.folder.root)));
    // A device that comes to it anew folds the log as well.
    const fresh = await devices.using(devices.client().open(author.folder.root));
    expect(namesIn(fresh)).toEqual(["one", "two", "three"]);
  },
);
