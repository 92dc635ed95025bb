import type { Formats } from "../../i18n/format.ts";
import type { RecoverWords } from "../en/recover.ts";

export const recoverWords = (f: Formats): RecoverWords => ({
  title: "Hol deine Dateien zurück",
  lead: "Mit deinem Schlüssel und einer Kopie der Daten des Servers. Ein Server ist nicht nötig, und nichts, was du dieser Seite gibst, verlässt diesen Rechner.",
  save: "Diese Seite speichern",
  saveNote: "Dann funktioniert sie ohne Netz, von einer Platte oder einem Stick.",
  language: "English",
  needsSecure:
    "Dieser Browser gibt einer Seite, was sie zum Entschlüsseln braucht, nur über https, auf localhost oder aus einer gespeicherten Datei. Speichere diese Seite und öffne die Datei.",

  dataTitle: "1. Die Daten des Servers",
  dataLead: "Der Ordner, in dem keyfold.db und der Ordner blobs liegen, oder eine Kopie davon.",
  dropData: "Ordner hier ablegen",
  chooseData: "Ordner auswählen",
  fromServer: "Stattdessen von diesem Server lesen",
  reading: "Die Datenbank wird gelesen",
  foundData: (name) => `Daten gefunden in „${name}“`,
  foundServer: "Liest von diesem Server",
  other: "Anderen wählen",
  noDatabase: "Darin ist keine keyfold.db. Wähle den Ordner, in dem keyfold.db und blobs liegen.",
  notDatabase: "keyfold.db ist da und lässt sich nicht lesen. Vielleicht ist die Kopie nicht vollständig.",
  noBlobs: "Neben keyfold.db liegt kein Ordner blobs. Ohne ihn sind nur die Namen der Dateien zu finden.",

  keyTitle: "2. Dein Schlüssel",
  keyLead: "Füge den Schlüssel ein, tippe seine Zeilen oder lege die Schlüsseldatei hier ab.",
  keyOpen: "Meine Dateien suchen",
  keyOpening: "Die Geschichte wird gelesen",
  keyWaits: "Wähle zuerst die Daten.",

  filesTitle: "3. Deine Dateien",
  files: (files, bytes) => `${f.plural(files, { one: "1 Datei", other: `${f.number(files)} Dateien` })}, ${f.bytes(bytes)}`,
  none: "Es gibt keine Datei, die sich zurückholen lässt.",
  withTrash: "Auch, was im Papierkorb liegt",
  withVersions: "Auch frühere Fassungen",
  more: (more) => `und ${f.number(more)} weitere`,
  listLabel: "Dateien, die ins Zip kommen",
  saveZip: "Alles als Zip speichern",
  saving: (done, all) => `${f.number(done)} von ${f.number(all)} geprüft und gespeichert`,
  stop: "Anhalten",
  stopped: "Angehalten. Das Zip ist nicht vollständig; speichere es neu.",
  failed: "Das Speichern ist misslungen. Ist auf der Platte noch Platz? Hier hat sich nichts geändert; versuche es noch einmal.",
  lostSight: "Die Daten lassen sich nicht mehr lesen. Wähle den Ordner noch einmal.",
  recovered: (files) =>
    f.plural(files, { one: "1 Datei zurückgeholt und geprüft.", other: `${f.number(files)} Dateien zurückgeholt und geprüft.` }),
  damaged: (files) =>
    f.plural(files, {
      one: "1 Datei ist beschädigt oder fehlt. Sie ist nicht im Zip.",
      other: `${f.number(files)} Dateien sind beschädigt oder fehlen. Sie sind nicht im Zip.`,
    }),
  otherCopy: "Eine andere Kopie der Daten hat sie vielleicht.",
  partMissing: "ein Teil fehlt",
  partDamaged: "beschädigt",
  startAgain: "Von vorn beginnen",

  broken: (seq, last) =>
    `Die Geschichte des Ordners bricht bei Eintrag ${f.number(seq)} von ${f.number(last)} ab. Änderungen ab dort lassen sich nicht prüfen; was vorher da war, ist dabei.`,
  entryLost: (seq) =>
    `Eintrag ${f.number(seq)} der Geschichte ist verloren. Dateien, die er hinzugefügt oder geändert hat, fehlen vielleicht oder stehen unter einem älteren Namen.`,
  snapshotLost: (seq) => `Der Stand bei Eintrag ${f.number(seq)} ist verloren. Dateien von vorher haben Namen und Ort verloren.`,
  healed: (seq) => `Eintrag ${f.number(seq)} ist beschädigt. Ein späterer Stand gleicht es aus: Seinetwegen fehlt nichts.`,
  newer: "Der Ordner wurde von einem neueren Keyfold geschrieben. Nimm für das Letzte eine neuere Rettungsseite.",
  rolledBack: (seq, seen) =>
    `Das ist eine ältere Kopie: Ihre Geschichte endet bei Eintrag ${f.number(seq)}; als der Schlüssel gespeichert wurde, reichte sie bis ${f.number(seen)}. Suche eine neuere Kopie.`,
  forked:
    "Das ist eine andere Geschichte als die, mit der der Schlüssel gespeichert wurde. Signiert ist sie trotzdem mit dem Schlüssel des Ordners. Sieh genau hin, was du bekommst.",

  places: { trash: "Papierkorb", versions: "Frühere Fassungen", strays: "Ohne Ort gefunden" },
  zipName: "zurueckgeholt.zip",
  reportName: "Bericht der Rettung.txt",
});
