/** German. `import "@keyfold/elements/locales/de"` registers it. */
import { registerLocale } from "../../i18n/index.ts";
import type { Formats, Words } from "../../i18n/index.ts";
import { errorWords } from "./errors.ts";
import { fileWords } from "./files.ts";
import { keyWords } from "./key.ts";
import { pageWords } from "./page.ts";

export const german = (format: Formats): Words => ({
  ...pageWords(format),
  ...keyWords(format),
  ...fileWords(format),
  errors: errorWords(format),
});

registerLocale("de", german);
