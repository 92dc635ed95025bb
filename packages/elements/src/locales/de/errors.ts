import type { Formats } from "../../i18n/format.ts";
import type { ErrorWord, ErrorWords } from "../en/errors.ts";

export const errorWords = (f: Formats): ErrorWords => {
  const say = (message: string, action: string): ErrorWord => ({ message: () => message, action });
  const changes = (count: number): string => f.plural(count, { one: "1 Änderung wartet.", other: `${f.number(count)} Änderungen warten.` });
  return {
    "wrong-key": say("Dieser Schlüssel öffnet hier keinen Ordner.", "Anderen Schlüssel versuchen"),
    "wrong-folder": say("Der Schlüssel stimmt, gehört aber zu einem anderen Ordner.", "Jenen Ordner öffnen"),
    "old-key": say("Dieser Schlüssel wurde durch einen neueren ersetzt.", "Neueren Schlüssel eingeben"),
    "locked-elsewhere": say(
      "Ein anderes deiner Geräte hat diesen Ordner zuerst verschlossen. Nimm dessen Schlüssel.",
      "Schlüssel eingeben",
    ),
    "key-needed": say("Dieser Ordner ist verschlossen. Sein Schlüssel öffnet ihn.", "Schlüssel eingeben"),
    "unreadable-key": say("Das ist kein ganzer Schlüssel. Er hat acht Zeilen zu fünfzehn Zeichen.", "Zeilen ansehen"),
    "read-only": say("Du kannst diesen Ordner hier lesen, aber nicht ändern.", "Mit Schlüssel öffnen"),
    "signed-out": say("Du wurdest abgemeldet. Nichts ist verloren.", "Schlüssel eingeben"),
    "passphrase-needed": say("Dieser Link öffnet sich mit einer Passphrase.", "Passphrase eingeben"),
    "wrong-passphrase": say("Das ist nicht die Passphrase dieses Links.", "Noch einmal eingeben"),
    "session-refused": say("Der Server nahm die Unterschrift nicht an oder verlangte eine, die nicht gegeben werden darf.", "Noch einmal"),

    "unreadable-code": say("Das ist kein ganzer Code von Keyfold. Er wurde nicht verwendet.", "Noch einmal scannen"),
    "pairing-expired": say("Der Code ist abgelaufen. Er gilt zwei Minuten.", "Neuen Code zeigen"),
    "pairing-failed": say(
      "Die beiden Geräte haben einander nicht erreicht, oder ein anderes hat geantwortet. Es wurde kein Schlüssel übernommen.",
      "Neuen Code zeigen",
    ),
    "wrong-inbox": say("Der Schlüssel des Servers ist nicht der, für den dieser Code gilt. Nichts wurde gesendet.", "Neuen Code scannen"),

    tampered: say("Eine Datei passt nicht zur Geschichte des Ordners. Sie wurde nicht geöffnet.", "Noch einmal holen"),
    "rolled-back": say("Der Server zeigt einen älteren Stand dieses Ordners.", "Noch einmal prüfen"),
    forked: say("Der Server zeigt zwei verschiedene Geschichten. Nichts davon gilt als aktuell.", "Noch einmal prüfen"),
    malformed: say("Der Server schickte etwas, das nicht zu diesem Ordner gehört. Es wurde nicht verwendet.", "Noch einmal holen"),
    "unsupported-version": say(
      "Dieser Ordner wurde von einem neueren Keyfold geschrieben. Du kannst lesen, nicht ändern.",
      "Aktualisieren",
    ),

    offline: {
      message: ({ changes: count = 0 }) => (count === 0 ? "Du bist offline." : `Du bist offline. ${changes(count)}`),
      action: "Jetzt versuchen",
    },
    "server-failed": {
      message: ({ changes: count = 0 }) =>
        count === 0 ? "Der Server hat eine Störung. Nichts ist verloren." : `Der Server hat eine Störung. ${changes(count)}`,
      action: "Noch einmal",
    },
    "rate-limited": say("Zu viele Anfragen auf einmal. Es geht von selbst weiter.", "Jetzt versuchen"),
    busy: say("Der Server ist beschäftigt. Es geht von selbst weiter.", "Jetzt versuchen"),
    "storage-full": say("Die Platte des Servers ist voll. Was hier ist, bleibt, bis wieder Platz ist.", "Noch einmal"),
    refused: say("Diese Website erlaubt das hier nicht.", "Schließen"),
    conflict: say("Ein anderes Gerät war schneller. Sieh nach und ändere es dann neu.", "Zeigen, was da ist"),
    "changed-since": say("Das wurde seither noch einmal geändert. Es bleibt, wie es ist.", "Schließen"),
    "not-found": say("Hier gibt es keinen solchen Ordner und keine solche Datei.", "Zum Anfang"),
    gone: say("Es wurde gelöscht.", "Zum Ordner"),
    expired: say("Dieser Link ist abgelaufen. Bitte um einen neuen.", "Schließen"),
    "limit-reached": say("Dieser Link wurde so oft heruntergeladen, wie er darf. Bitte um einen neuen.", "Schließen"),

    quota: {
      message: ({ files = 0 }) =>
        files === 0
          ? "Der Ordner ist voll."
          : `Der Ordner ist voll. ${f.plural(files, { one: "1 Datei passte nicht hinein.", other: `${f.number(files)} Dateien passten nicht hinein.` })}`,
      action: "Platz schaffen",
    },
    "too-large": say("Das ist größer, als diese Website annimmt.", "Andere wählen"),
    "invalid-name": say("Ein Name braucht 1 bis 255 Bytes.", "Namen ändern"),
    "invalid-move": say("Ein Unterordner kann nicht in sich selbst liegen und nicht mehr als 64 Ebenen tief.", "Anderen Ort wählen"),
    "invalid-argument": say("Das ging durch einen Fehler dieser Seite nicht.", "Seite neu laden"),
    "folder-full": say("Der Ordner hat so viele Dateien oder Ebenen, wie ein Ordner haben kann.", "Platz schaffen"),

    "file-changed": say("Beim Senden bearbeitet.", "Noch einmal senden"),
    "file-unreadable": say("Dieses Gerät wollte die Datei nicht lesen.", "Noch einmal wählen"),
    "file-needed": say("Das Senden geht weiter, sobald du die Datei wieder gibst.", "Datei geben"),
    cancelled: say("Abgebrochen.", "Neu beginnen"),

    "local-storage": say(
      "Dieser Browser hat keinen Platz mehr oder lässt es nicht zu. Was du jetzt tust, übersteht vielleicht kein Neuladen.",
      "Noch einmal",
    ),
    "crypto-missing": say(
      "Dieser Browser hat keine Quelle für Zufallszahlen, und ohne sie gibt es keine Schlüssel.",
      "Anderen Browser nehmen",
    ),
    "update-needed": say("Der Server spricht ein neueres Keyfold als diese Seite.", "Seite neu laden"),
  };
};
