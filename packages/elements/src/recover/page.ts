/** The script of the recovery page: one file with everything in it. */
import { KeyfoldKeyEntry } from "../key-entry/key-entry.ts";
import { register } from "../define/register.ts";
import { registerLocale } from "../i18n/index.ts";
import { german } from "../locales/de/index.ts";
import { KeyfoldRecover } from "./recover.ts";

registerLocale("de", german);
document.documentElement.lang = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
register("keyfold-key-entry", KeyfoldKeyEntry);
register("keyfold-recover", KeyfoldRecover);

const page = document.createElement("keyfold-recover");
// Served by a mount it may read that server, and its policy lets it reach no other; opened from a file it reaches none.
if (/^https?:$/.test(location.protocol)) page.server = new URL(".", location.href).href.replace(/\/$/, "");
document.body.append(page);
