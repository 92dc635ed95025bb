/** Puts parts into a store until it is killed, and says on its output which it was told are there. `node put-forever.ts <kind> <place>` */
import { createHash, randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { storeIn } from "./store-in.ts";

const store = await storeIn(process.argv[2] ?? "", process.argv[3] ?? "");
for (let index = 0; ; index++) {
  // Several sizes; and every fourth replaces what is there.
  const key = `kill:${index % 4 === 3 ? "same" : String(index)}`;
  const bytes = new Uint8Array(randomBytes([1000, 70_000, 600_000, 300_000][index % 4]!));
  // A checksum of its own at the end: whoever reads sees whether it is whole, whichever write it is of.
  const whole = new Uint8Array(bytes.length + 32);
  whole.set(bytes);
  whole.set(createHash("sha256").update(bytes).digest(), bytes.length);
  await store.put(key, whole);
  writeSync(1, `${key}\n`);
}
