/** Numbers, bytes, rates, times and dates in a language, through Intl. */

export interface Formats {
  /** The BCP 47 tag all of these follow. */
  readonly tag: string;
  number(value: number): string;
  /** "4.8 MB", "212 KB", "0 bytes": decimal units, three figures. */
  bytes(value: number): string;
  /** "1.2 of 5 GB" in two parts with one unit: the unit of the whole. */
  bytesOf(part: number, whole: number): { part: string; whole: string };
  /** Bytes a second: "18.4 MB/s". */
  rate(value: number): string;
  /** "18 s", "3 min", "2 h": one unit, short, as for time left. */
  duration(seconds: number): string;
  percent(fraction: number): string;
  /** "Today, 13:57", "Yesterday", "3 June", "3 June 2024": as short as it stays clear. */
  when(at: number, now?: number): string;
  /** "3 June 2026, 08:12". */
  dateTime(at: number): string;
  time(at: number): string;
  /** "a, b and c". */
  list(values: readonly string[]): string;
  /** Picks by the language's plural rule; `other` serves what is not given. */
  plural(count: number, forms: { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>): string;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;
const DAY = 86_400_000;

/** Formats of a language; an invalid tag falls back to English. */
export function formatsFor(language: string): Formats {
  const tag = supported(language);
  const units = new Map<string, Intl.NumberFormat>();
  const unit = (name: string, digits: number, display: "short" | "long" | "narrow" = "short"): Intl.NumberFormat => {
    const key = `${name} ${digits} ${display}`;
    let format = units.get(key);
    if (format === undefined) {
      format = new Intl.NumberFormat(tag, { style: "unit", unit: name, unitDisplay: display, maximumFractionDigits: digits });
      units.set(key, format);
    }
    return format;
  };
  /** "18s" becomes "18 s": narrow units stand apart from their figure, and stay on its line. */
  const apart = (text: string): string => text.replace(/(\d)\s?(\p{L})/u, "$1\u00a0$2");
  // CLDR writes kB in English beside MB and GB; people know KB
  const named = (text: string): string => (tag.startsWith("en") ? text.replace("kB", "KB") : text);
  const scale = (value: number): number => (value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3)));
  const digits = (value: number): number => (value >= 100 ? 0 : value >= 10 ? 1 : 2);
  const bytesAt = (value: number, step: number): string => {
    const scaled = value / 1000 ** step;
    // whole bytes and kilobytes are never broken up: "6 KB", not "6.12 KB"
    return named(unit(UNITS[step] ?? "byte", step < 2 ? 0 : Math.min(1, digits(scaled)), step === 0 ? "long" : "short").format(scaled));
  };
  const number = new Intl.NumberFormat(tag);
  const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 });
  const rules = new Intl.PluralRules(tag);
  const list = new Intl.ListFormat(tag, { type: "conjunction" });
  const time = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long" });
  const dayYear = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric" });
  const dateTime = new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase(tag) + text.slice(1);
  const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

  return {
    tag,
    number: (value) => number.format(value),
    bytes: (value) => bytesAt(value, scale(value)),
    bytesOf(part, whole) {
      const step = scale(whole);
      const name = UNITS[step] ?? "byte";
      const bare = new Intl.NumberFormat(tag, {
        maximumFractionDigits: step < 2 || whole / 1000 ** step >= 100 ? 0 : Math.min(2, step - 1),
      });
      return { part: bare.format(part / 1000 ** step), whole: named(unit(name, 1).format(whole / 1000 ** step)) };
    },
    rate(value) {
      const step = Math.max(1, scale(value));
      const scaled = value / 1000 ** step;
      return named(unit(`${UNITS[step] ?? "kilobyte"}-per-second`, step < 2 || scaled >= 100 ? 0 : 1).format(scaled));
    },
    duration(seconds) {
      if (seconds < 59.5) return apart(unit("second", 0, "narrow").format(Math.max(1, Math.round(seconds))));
      if (seconds < 3570) return apart(unit("minute", 0).format(Math.round(seconds / 60)));
      return apart(unit("hour", 1, "narrow").format(seconds / 3600));
    },
    percent: (fraction) => percent.format(fraction),
    when(at, now = Date.now()) {
      const days = Math.round((midnight(now) - midnight(at)) / DAY);
      if (days === 0) return `${capital(relative.format(0, "day"))}, ${time.format(at)}`;
      if (days === 1) return capital(relative.format(-1, "day"));
      return (new Date(at).getFullYear() === new Date(now).getFullYear() ? day : dayYear).format(at);
    },
    dateTime: (at) => dateTime.format(at),
    time: (at) => time.format(at),
    list: (values) => list.format(values),
    plural: (count, forms) => forms[rules.select(count)] ?? forms.other,
  };
}

function supported(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? "en";
  } catch {
    return "en";
  }
}
