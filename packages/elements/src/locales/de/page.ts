import type { Formats } from "../../i18n/format.ts";
import type { PageWords } from "../en/page.ts";

export const pageWords = (f: Formats): PageWords => ({
  alert: {
    lead: "Dein Ordner ist nicht gesichert.",
    message:
      "Deine Dateien könnten gestohlen oder von jedem heruntergeladen werden. Erzeuge bitte oben links einen 64-Byte-Schlüssel und klicke auf „Signieren“, um deinen Ordner zu sichern.",
    messageRtl:
      "Deine Dateien könnten gestohlen oder von jedem heruntergeladen werden. Erzeuge bitte oben rechts einen 64-Byte-Schlüssel und klicke auf „Signieren“, um deinen Ordner zu sichern.",
    how: "Wie das Verschließen geht",
    network: "Diese Seite kam über http://.",
    networkNote:
      "Wer im Netz ist, kann sie ändern und so deine Dateien und deinen Schlüssel lesen. Über https:// kann das niemand dazwischen.",
    resealing: (remaining, total) => `Verschlossen; ${f.number(remaining)} von ${f.number(total)} werden noch neu verschlüsselt.`,
    about: (left) => `etwa ${left}`,
    copied: "Was vor dem Verschließen hochgeladen wurde, ist vielleicht schon kopiert.",
  },
  status: {
    live: "Verbunden",
    connecting: "Verbinde",
    offline: "Offline",
    waiting: (count) => f.plural(count, { one: "1 Änderung wartet", other: `${f.number(count)} Änderungen warten` }),
    usage: (part, whole) => `${part} von ${whole}`,
    used: (part, whole) => `${part} von ${whole} belegt`,
    kept: (time) => `In diesem Browser aufbewahrt; sie gehen hinaus, sobald die Verbindung zurück ist. Zuletzt im Gleichstand um ${time}.`,
    keptNever: "In diesem Browser aufbewahrt; sie gehen hinaus, sobald die Verbindung zurück ist.",
    history: {
      server: "Server",
      browser: "Dieser Browser",
      change: (seq) => `Änderung ${f.number(seq)}`,
      nothingChanged:
        "Vielleicht wurde eine Sicherung eingespielt. Hier hat sich nichts geändert: Du siehst weiter den neuesten Stand, den dieser Browser geprüft hat.",
    },
  },
  qr: {
    title: "Auf dem Telefon öffnen",
    intro: "Richte die Kamera auf den Code. Nichts ist zu installieren.",
    introLocked: "Richte die Kamera auf den Code und gib dort den Schlüssel ein.",
    label: "QR-Code mit dem Link zu diesem Ordner",
    empty: "Der Code erscheint, sobald es einen Ordner gibt.",
    copy: "Link kopieren",
    copied: "Link kopiert",
    copyFailed: "Kopieren war nicht erlaubt. Der Link ist markiert: Kopiere ihn selbst.",
    anyone: "Wer diesen Link hat, kann den Ordner öffnen, bis du ihn verschließt.",
    local:
      "Diese Seite liegt auf localhost, das kein Telefon erreicht. Öffne sie unter der Adresse dieses Rechners in deinem Netz und scanne dann.",
  },
  home: {
    title: "Ein Ordner, den nur dein Schlüssel öffnet",
    intro: "Beginne mit den Dateien. Verschließe ihn, wenn du so weit bist; nichts muss noch einmal gesendet werden.",
    steps: [
      ["1. Dateien hinzufügen", "Von diesem Rechner."],
      ["2. Schlüssel erzeugen", "64 Bytes, in diesem Browser gemacht, nur dir gezeigt."],
      ["3. Signieren", "Der Ordner ist verschlossen. Von da an öffnet ihn nur dein Schlüssel."],
    ],
    fades: "Ein offener Ordner, der leer bleibt, wird nach 24 Stunden entfernt.",
  },
  page: {
    folder: "Ordner",
    details: "Einzelheiten",
    close: "Schließen",
    closeDetails: "Einzelheiten schließen",
    help: "Hilfe",
    goTo: "Gehe zu",
    files: "Dateien",
    search: "Suche",
    add: "Neu",
    sends: "Sendungen",
    code: "Code",
    tree: "Unterordner",
    more: "Mehr",
    opening: "Der Ordner wird geöffnet",
    counts: (files, directories) =>
      [
        f.plural(files, { one: "1 Datei", other: `${f.number(files)} Dateien` }),
        ...(directories === 0 ? [] : [f.plural(directories, { one: "1 Unterordner", other: `${f.number(directories)} Unterordner` })]),
      ].join(", "),
    countsAnd: (files, directories) =>
      f.list([
        f.plural(files, { one: "1 Datei", other: `${f.number(files)} Dateien` }),
        ...(directories === 0 ? [] : [f.plural(directories, { one: "1 Unterordner", other: `${f.number(directories)} Unterordner` })]),
      ]),
  },
  footer: {
    sealed: "Namen und Dateien werden in diesem Browser versiegelt. Der Server bewahrt, was er nicht lesen kann.",
    embeddedBy: "Eingebettet von",
  },
});
