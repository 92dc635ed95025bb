import { unzipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { codeOf } from "../../test/code-of.ts";
import { meddler, textFile } from "../../test/devices.ts";
import { publications, sharingOnServer, soon, textOf } from "../../test/sharing.ts";
import { bytesOf } from "../../test/transfer-folder.ts";
import { toBase64url } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import type { KeyfoldError } from "../index.ts";
import { readShareLink } from "../share/link.ts";
import { shareIdOf } from "../share/secrets.ts";

vi.setConfig({ testTimeout: 30_000 });

const { devices, server, clock, openLink, papers } = sharingOnServer();
const provider = webCryptoProvider();

describe("a passphrase", () => {
  test("is asked for, may be typed in any Unicode form, and is known to no server and no other device", async () => {
    const wire = meddler();
    const published = publications(wire);
    const { key, folder: a } = await papers();
    const { id, link } = await a.share(["/papers"], { passphrase: "Ångström ﬁle" });
    expect(await codeOf(openLink(link))).toBe("passphrase-needed");
    expect(await codeOf(openLink(link, "angstrom"))).toBe("wrong-passphrase");
    expect(await textOf(await openLink(link, "Ångström file"), "/papers/notes.txt")).toBe("the notes");
    await a.close();

    // Another device republishes without ever having been told it.
    const b = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    await b.upload([textFile("new.txt", "new")], { to: "/papers" });
    await published(1);
    expect(await codeOf(openLink(link, ""))).toBe("invalid-argument");
    const share = await openLink(link, "Ångström ﬁle");
    expect(share.version).toBe(2);
    expect(await textOf(share, "/papers/new.txt")).toBe("new");
    await soon(() => expect(b.shares.value).toMatchObject([{ id, passphrase: true }]));
  });

  test("stays, though the server says that there never was one", async () => {
    const wire = meddler();
    const { key, folder: a } = await papers();
    const { link } = await a.share(["/papers"], { passphrase: "secret" });
    await a.close();
    wire.after = async (request, response) => {
      if (!/^GET \/folders\/\w+\/shares$/.test(request)) return undefined;
      return new Response((await response.text()).replaceAll(/,"kept":"[^"]+"/g, ""), response);
    };
    const b = await devices.using(devices.client({ fetch: wire.fetch }).open(key));
    const problems: KeyfoldError[] = [];
    b.onProblem((error) => problems.push(error));
    await b.upload([textFile("new.txt", "new")], { to: "/papers" });
    await soon(() => expect(problems).toMatchObject([{ code: "tampered", reason: "tag" }]));
    const share = await openLink(link, "secret");
    expect(share.version).toBe(1);
    expect(await codeOf(openLink(link))).toBe("passphrase-needed");
  });

  test("can be guessed ten times in ten minutes, and then not even rightly", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"], { passphrase: "right" });
    const { secret } = readShareLink(link);
    const path = `${server.url}/v1/shares/${await shareIdOf(provider, secret)}/manifest`;
    const guess = async (): Promise<number> => {
      const token = toBase64url(provider.randomBytes(32));
      return (await fetch(path, { headers: { "keyfold-share": token } })).status;
    };
    // All at once: no more than ten are judged.
    const statuses = await Promise.all(Array.from({ length: 60 }, guess));
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
    const error: KeyfoldError = await openLink(link, "right").then(
      () => expect.fail("opened"),
      (thrown: KeyfoldError) => thrown,
    );
    expect(error.code).toBe("rate-limited");
    expect(error.retryAfter).toBeGreaterThan(590);
    expect(error.retryAfter).toBeLessThanOrEqual(600);
    clock.ahead += 601_000;
    try {
      await openLink(link, "right");
    } finally {
      clock.ahead -= 601_000;
    }
  });
});

describe("a limit", () => {
  test("of one is for one of a hundred who come at once, who then reads on, and the others take nothing", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"], { limit: 1 });
    const shares = await Promise.all(Array.from({ length: 100 }, () => openLink(link)));
    expect(shares[0]!.left).toBe(1);
    const codes = await Promise.all(shares.map((share) => codeOf(share.download("/papers/notes.txt"))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 99 }, () => "limit-reached"), "none"]);
    const winner = shares[codes.indexOf("none")]!;
    expect(await textOf(winner, "/papers/2026/return.pdf")).toBe("the return");
    expect(Object.keys(unzipSync(await bytesOf(winner.zip())))).toHaveLength(4);
    const late = await openLink(link);
    expect(late.left).toBe(0);
    expect(await codeOf(late.download("/papers/notes.txt"))).toBe("limit-reached");
  });

  test("is not used up twice by an answer that was lost", async () => {
    const { folder } = await papers();
    const { link } = await folder.share(["/papers"], { limit: 1 });
    const wire = meddler();
    let lost = false;
    wire.after = (request) => {
      if (lost || !request.endsWith("/downloads")) return undefined;
      lost = true;
      throw new TypeError("connection reset");
    };
    const share = await openLink(link, undefined, { fetch: wire.fetch });
    expect(await textOf(share, "/papers/notes.txt")).toBe("the notes");
    expect(lost).toBe(true);
  });
});
