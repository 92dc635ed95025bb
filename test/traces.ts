/** What a page leaves behind where others may read it: attributes, storages, databases, caches, cookies, history, titles, console. And what it keeps secret. */
import type { BrowserContext, Page } from "playwright-core";

/** Something that was left somewhere, as bytes or text. */
export interface Trace {
  readonly where: string;
  readonly what: Uint8Array | string;
}

/** Hex of what the page drew or took as a secret key: 64 random bytes, and whatever WebCrypto was given as key to derive, encrypt, decrypt or sign with. */
export type KeepSecret = (kind: string, hex: string) => void;

/** Listens to a device from before its first page on. `keep` hears of secrets; they reach it over the debugger's line, not the network. */
export async function watch(context: BrowserContext, keep: KeepSecret): Promise<Trace[]> {
  const heard: Trace[] = [];
  await context.exposeBinding("testHeardSecret", (_source, kind: string, hex: string) => keep(kind, hex));
  await context.exposeBinding("testHeardAttribute", (_source, name: string, value: string) =>
    heard.push({ where: `attribute ${name}`, what: value }),
  );
  await context.addInitScript(listen);
  context.on("console", (message) => heard.push({ where: "console", what: message.text() }));
  context.on("weberror", (error) => heard.push({ where: "error", what: String(error.error().stack) }));
  context.on("page", (page) => {
    page.on("websocket", (socket) => {
      heard.push({ where: "WebSocket", what: socket.url() });
      socket.on("framesent", ({ payload }) => heard.push({ where: "WebSocket frame sent", what: payload }));
      socket.on("framereceived", ({ payload }) => heard.push({ where: "WebSocket frame received", what: payload }));
    });
  });
  return heard;
}

/** Runs in the page, before anything else. */
function listen(): void {
  const there = globalThis as unknown as {
    testHeardSecret: (kind: string, hex: string) => void;
    testHeardAttribute: (name: string, value: string) => void;
  };
  const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const draw = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = ((into: Uint8Array) => {
    const drawn = draw(into as Uint8Array<ArrayBuffer>);
    if (drawn.byteLength === 64) there.testHeardSecret("root", hex(drawn));
    return drawn;
  }) as typeof crypto.getRandomValues;
  type ImportKey = SubtleCrypto["importKey"];
  const importKey: ImportKey = Reflect.get(SubtleCrypto.prototype, "importKey");
  SubtleCrypto.prototype.importKey = function (this: SubtleCrypto, ...args: Parameters<ImportKey>) {
    const [format, data, algorithm, , usages] = args;
    const name = typeof algorithm === "string" ? algorithm : algorithm.name;
    const isPublic = format === "raw" && /25519/.test(name) && !Array.from(usages).includes("sign");
    if (data instanceof Uint8Array && !isPublic) {
      const bytes = Uint8Array.from(data as Uint8Array);
      // Of PKCS #8 (RFC 8410) the last 32 bytes are the seed or scalar; what is before them is the same in every key.
      there.testHeardSecret(name, hex(format === "pkcs8" ? bytes.slice(-32) : bytes));
    }
    return Reflect.apply(importKey, this, args);
  } as ImportKey;
  const setAttribute: Element["setAttribute"] = Reflect.get(Element.prototype, "setAttribute");
  Element.prototype.setAttribute = function (name: string, value: string) {
    // What a style or a drawing says is said too often to be sent out one by one, and is looked at where it stands.
    if (!["class", "style", "d", "part"].includes(name)) there.testHeardAttribute(name, value);
    Reflect.apply(setAttribute, this, [name, value]);
  };
}

/** Everything that stands in the page and its storages now. */
export async function tracesIn(page: Page): Promise<Trace[]> {
  const traces: Trace[] = [];
  const found = await page.evaluate(collect);
  for (const { where, text, base64 } of found) traces.push({ where, what: base64 === undefined ? text : Buffer.from(base64, "base64") });
  for (const cookie of await page.context().cookies()) traces.push({ where: "cookie", what: JSON.stringify(cookie) });
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send("Page.getNavigationHistory");
  for (const entry of entries) traces.push({ where: "history", what: JSON.stringify(entry) });
  await session.detach();
  return traces;
}

/** Runs in the page. */
async function collect(): Promise<{ where: string; text: string; base64?: string }[]> {
  const found: { where: string; text: string; base64?: string }[] = [];
  const bytesFound = (where: string, bytes: Uint8Array): void => {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    found.push({ where, text: "", base64: btoa(binary) });
  };

  const visit = (root: ParentNode): void => {
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) found.push({ where: `attribute ${name}`, text: value });
      if (element.shadowRoot !== null) visit(element.shadowRoot);
    }
  };
  visit(document);
  found.push({ where: "title", text: document.title }, { where: "address", text: location.href });
  found.push({ where: "history state", text: JSON.stringify(history.state) }, { where: "window name", text: window.name });
  for (const [where, storage] of [
    ["localStorage", localStorage],
    ["sessionStorage", sessionStorage],
  ] as const) {
    for (let i = 0; i < storage.length; i++) found.push({ where, text: `${storage.key(i)}=${storage.getItem(storage.key(i)!)}` });
  }
  found.push({ where: "cookie", text: document.cookie });

  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push({ where: "cache", text: request.url });
      const answer = await cache.match(request);
      if (answer !== undefined) bytesFound("cache", new Uint8Array(await answer.arrayBuffer()));
    }
  }

  /** Structured values, all the way in; CryptoKeys are handles and hold nothing that could be read. */
  const walk = async (where: string, value: unknown): Promise<void> => {
    if (typeof value === "string" || typeof value === "number") found.push({ where, text: String(value) });
    else if (value instanceof ArrayBuffer) bytesFound(where, new Uint8Array(value));
    else if (ArrayBuffer.isView(value)) bytesFound(where, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    else if (value instanceof Blob) bytesFound(where, new Uint8Array(await value.arrayBuffer()));
    else if (value instanceof CryptoKey) {
      if (value.extractable && value.type !== "public") found.push({ where, text: "an extractable key" });
    } else if (value instanceof Map || value instanceof Set || Array.isArray(value)) for (const one of value) await walk(where, one);
    else if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        found.push({ where, text: key });
        await walk(where, one);
      }
    }
  };
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("IndexedDB failed."));
    });
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name!));
    for (const store of database.objectStoreNames) {
      const [keys, values] = await Promise.all([
        done(database.transaction(store).objectStore(store).getAllKeys()),
        done(database.transaction(store).objectStore(store).getAll()),
      ]);
      await walk(`IndexedDB ${store}`, keys);
      await walk(`IndexedDB ${store}`, values);
    }
    database.close();
  }
  return found;
}
