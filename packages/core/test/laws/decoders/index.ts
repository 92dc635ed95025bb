/** Laws of everything that takes bytes or text from outside apart. */
import type { Law } from "../law.ts";
import { auditLaws } from "./audit.ts";
import { blobLaws } from "./blob.ts";
import { cacheLaws } from "./cache.ts";
import { chronicleLaws } from "./chronicle.ts";
import { dropLaws } from "./drop.ts";
import { encodingLaws } from "./encoding.ts";
import { entryLaws } from "./entry.ts";
import { keyLaws } from "./key.ts";
import { localLaws } from "./local.ts";
import { linkLaws } from "./link.ts";
import { logLaws } from "./log.ts";
import { pairLaws } from "./pair.ts";
import { recoveryLaws } from "./recovery.ts";
import { refusalLaws } from "./refusal.ts";
import { requestLaws } from "./request.ts";
import { schemaLaws } from "./schema.ts";
import { searchLaws } from "./search.ts";
import { sessionLaws } from "./session.ts";
import { shareLaws } from "./share.ts";
import { writeAheadLaws } from "./write-ahead.ts";

export const decoderLaws: readonly Law[] = [
  ...logLaws,
  ...entryLaws,
  ...blobLaws,
  ...keyLaws,
  ...linkLaws,
  ...shareLaws,
  ...dropLaws,
  ...pairLaws,
  ...recoveryLaws,
  ...writeAheadLaws,
  ...cacheLaws,
  ...chronicleLaws,
  ...localLaws,
  ...searchLaws,
  ...encodingLaws,
  ...schemaLaws,
  ...requestLaws,
  ...auditLaws,
  ...refusalLaws,
  ...sessionLaws,
];
