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
      seen: (device, server) => (server === null ? `Hier geprüft: ${device}.` : `Hier geprüft: ${device}. Der Server zeigt: ${server}.`),
      givingBack: (changes) =>
        `Vielleicht wurde eine Sicherung eingespielt. Dieser Browser gibt ${f.plural(changes, { one: "die eine Änderung", other: `die ${f.number(changes)} Änderungen` })} zurück, die der Server verloren hat. Du musst nichts tun.`,
      notGivenBack:
        "Vielleicht wurde eine Sicherung eingespielt, und dieser Browser hat nicht aufbewahrt, was verloren ging. Vielleicht gibt ein anderes deiner Geräte es zurück; oder übernimm den Stand des Servers, um damit weiterzumachen.",
      contentLost: (files, changes) =>
        `Der Server hat den Inhalt von ${f.plural(files, { one: "1 Datei", other: `${f.number(files)} Dateien` })} verloren; darum ${f.plural(changes, { one: "konnte 1 Änderung", other: `konnten ${f.number(changes)} Änderungen` })} nicht zurückgegeben werden. Sichere, was dieser Browser noch hat; übernimm den Stand des Servers, um weiterzumachen.`,
      forked:
        "Vielleicht wurde eine Sicherung eingespielt, von der aus ein anderes Gerät weitermachte. Sieh auf deinen anderen Geräten nach; übernimm den Stand des Servers nur, wenn du weißt, warum.",
      differs: "Ein anderes Gerät sieht diesen Ordner anders.",
      differsWhy:
        "Seine Zusammenfassung der Dateien ist nicht, was dieser Browser aus der Geschichte des Ordners errechnet hat. Was du siehst, sagt die Geschichte. Von hier wird so lange nichts geändert: Bring Keyfold auf allen deinen Geräten auf den neuesten Stand, und sieh nach, welches falsch liegt.",
      adopt: "Stand des Servers übernehmen …",
      adoptTitle: "Den Stand des Servers übernehmen?",
      adoptHint: (changes, files) =>
        `Die Geschichte des Servers tritt an die Stelle derer, die dieser Browser geprüft hat. ${f.plural(changes, { one: "1 Änderung", other: `${f.number(changes)} Änderungen` })} darüber hinaus ${changes === 1 ? "wird" : "werden"} neu gemacht${files === 0 ? "" : `; ohne ${f.plural(files, { one: "1 Datei", other: `${f.number(files)} Dateien` })}, deren Inhalt verloren ist`}. Das lässt sich nicht zurücknehmen.`,
      adoptForked:
        "Die Geschichte des Servers tritt an die Stelle derer, die dieser Browser geprüft hat. Was hier geändert wurde und nicht in ihr steht, wird neu gemacht, so weit es geht. Das lässt sich nicht zurücknehmen.",
      adoptConfirm: "Übernehmen",
      cancel: "Abbrechen",
      adopted: (carried) =>
        carried === 0
          ? "Der Stand des Servers ist übernommen."
          : "Der Stand des Servers ist übernommen. Was hier geändert wurde, wird neu gemacht.",
      lost: (count) =>
        f.plural(count, { one: "Eines ließ sich nicht neu machen:", other: `${f.number(count)} ließen sich nicht neu machen:` }),
      done: "Fertig",
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
