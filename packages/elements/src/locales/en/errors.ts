import type { ErrorCode } from "@keyfold/core";
import type { Formats } from "../../i18n/format.ts";

/** One sentence that says what it means for the files, and one button. `numbers` are those of the problem. */
export interface ErrorWord {
  message(numbers: Readonly<Record<string, number>>): string;
  action: string;
}

export type ErrorWords = Record<ErrorCode, ErrorWord>;

export const errorWords = (f: Formats): ErrorWords => {
  const say = (message: string, action: string): ErrorWord => ({ message: () => message, action });
  const changes = (count: number): string =>
    f.plural(count, { one: "1 change is waiting.", other: `${f.number(count)} changes are waiting.` });
  return {
    "wrong-key": say("This key opens no folder here.", "Try another key"),
    "wrong-folder": say("The key is right, for another folder.", "Open that folder"),
    "old-key": say("This key was replaced by a newer one.", "Enter the newer key"),
    "locked-elsewhere": say("Another of your devices locked this folder first. Use its key.", "Enter the key"),
    "key-needed": say("This folder is locked. Its key opens it.", "Enter the key"),
    "unreadable-key": say("This is not a whole key. It has eight rows of fifteen characters.", "Look at the rows"),
    "read-only": say("You can read this folder here, and not change it.", "Open with a key"),
    "signed-out": say("You were signed out. Nothing is lost.", "Enter the key"),
    "passphrase-needed": say("This link opens with a passphrase.", "Enter the passphrase"),
    "wrong-passphrase": say("That is not this link’s passphrase.", "Enter it again"),
    "session-refused": say("The server did not accept the signature, or asked for one that must not be given.", "Try again"),

    "unreadable-code": say("This is not a whole code of Keyfold’s. It was not used.", "Scan it again"),
    "pairing-expired": say("The code has expired. It is good for two minutes.", "Show a new code"),
    "pairing-failed": say("The two devices did not reach each other, or another one answered. No key was taken over.", "Show a new code"),
    "wrong-inbox": say("The server’s key is not the one that this code is for. Nothing was sent.", "Scan a new code"),

    tampered: say("A file does not match the folder’s history. It was not opened.", "Fetch it again"),
    "rolled-back": say("The server shows an older copy of this folder.", "Check again"),
    forked: say("The server shows two different histories. Nothing here is taken as current.", "Check again"),
    malformed: say("The server sent something that is not part of this folder. It was not used.", "Fetch it again"),
    "unsupported-version": say("This folder was written by a newer Keyfold. You can read, not change.", "Update"),

    offline: {
      message: ({ changes: count = 0 }) => (count === 0 ? "You’re offline." : `You’re offline. ${changes(count)}`),
      action: "Try now",
    },
    "server-failed": {
      message: ({ changes: count = 0 }) =>
        count === 0 ? "The server has a fault. Nothing is lost." : `The server has a fault. ${changes(count)}`,
      action: "Try again",
    },
    "rate-limited": say("Too many requests at once. It goes on by itself.", "Try now"),
    busy: say("The server is busy. It goes on by itself.", "Try now"),
    "storage-full": say("The server’s disk is full. What is here is kept until there is room.", "Try again"),
    refused: say("This site does not allow that here.", "Close"),
    conflict: say("Another device was faster. Look again, then make the change anew.", "Show what is there"),
    "changed-since": say("That was changed again since. It stays as it is.", "Close"),
    "not-found": say("There is no such folder or file here.", "Back to the start"),
    gone: say("It was deleted.", "Back to the folder"),
    expired: say("This link has expired. Ask for a new one.", "Close"),
    "limit-reached": say("This link was downloaded as often as it may be. Ask for a new one.", "Close"),

    quota: {
      message: ({ files = 0 }) =>
        files === 0
          ? "The folder is full."
          : `The folder is full. ${f.plural(files, { one: "1 file did not fit.", other: `${f.number(files)} files did not fit.` })}`,
      action: "Make room",
    },
    "too-large": say("That is larger than this site takes.", "Choose others"),
    "invalid-name": say("A name needs 1 to 255 bytes.", "Change the name"),
    "invalid-move": say("A subfolder cannot go into itself, nor more than 64 levels deep.", "Choose another place"),
    "invalid-argument": say("That did not work, by a mistake of this page.", "Reload the page"),
    "folder-full": say("The folder has as many files, or levels, as a folder can hold.", "Make room"),

    "file-changed": say("Edited while it was being sent.", "Send it again"),
    "file-unreadable": say("This device would not read the file.", "Choose it again"),
    "file-needed": say("The upload goes on once you give the file again.", "Give the file"),
    cancelled: say("Cancelled.", "Start again"),

    "local-storage": say("This browser has no room left, or blocks it. What you do now may not survive a reload.", "Try again"),
    "crypto-missing": say("This browser has no source of random numbers, and without it there are no keys.", "Use another browser"),
    "update-needed": say("The server speaks a newer Keyfold than this page.", "Reload the page"),
  };
};
