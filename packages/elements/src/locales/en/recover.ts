import type { Formats } from "../../i18n/format.ts";

/** Words of the recovery page: for somebody who has lost much already. */
export const recoverWords = (f: Formats) => ({
  title: "Get your files back",
  lead: "With your key and a copy of the server’s data. No server is needed, and nothing you give this page leaves this computer.",
  save: "Save this page",
  saveNote: "It then works without a network, from a drive or a stick.",
  language: "Deutsch",
  needsSecure:
    "This browser gives a page what it needs to decrypt only over https, on localhost, or from a saved file. Save this page and open the file.",

  dataTitle: "1. The server’s data",
  dataLead: "The folder that holds keyfold.db and the folder blobs, or a copy of it.",
  dropData: "Drop the folder here",
  chooseData: "Choose the folder",
  fromServer: "Read from this server instead",
  reading: "Reading the database",
  foundData: (name: string) => `Found the data in “${name}”`,
  foundServer: "Reads from this server",
  other: "Choose another",
  noDatabase: "There is no keyfold.db in that. Choose the folder that holds keyfold.db and blobs.",
  notDatabase: "keyfold.db is there, and cannot be read. Perhaps the copy is not whole.",
  noBlobs: "There is no folder blobs beside keyfold.db. Without it only the names of the files can be found.",

  keyTitle: "2. Your key",
  keyLead: "Paste the key, type its rows, or drop the key file here.",
  keyOpen: "Find my files",
  keyOpening: "Reading the history",
  keyWaits: "First choose the data.",

  filesTitle: "3. Your files",
  files: (files: number, bytes: number) => `${f.plural(files, { one: "1 file", other: `${f.number(files)} files` })}, ${f.bytes(bytes)}`,
  none: "There is no file to recover.",
  withTrash: "What lies in the trash too",
  withVersions: "Earlier versions too",
  more: (more: number) => f.plural(more, { one: "and 1 more", other: `and ${f.number(more)} more` }),
  listLabel: "Files that will be in the zip",
  saveZip: "Save everything as a zip",
  saving: (done: number, all: number) => `${f.number(done)} of ${f.number(all)} checked and saved`,
  stop: "Stop",
  stopped: "Stopped. The zip is not whole; save it anew.",
  failed: "Saving failed. Is there room on the disk? Nothing here was changed; try again.",
  lostSight: "The data cannot be read any more. Choose the folder again.",
  recovered: (files: number) =>
    f.plural(files, { one: "1 file recovered and verified.", other: `${f.number(files)} files recovered and verified.` }),
  damaged: (files: number) =>
    f.plural(files, {
      one: "1 file is damaged or missing. It is not in the zip.",
      other: `${f.number(files)} files are damaged or missing. They are not in the zip.`,
    }),
  otherCopy: "Another copy of the data may have them.",
  partMissing: "a part is missing",
  partDamaged: "damaged",
  startAgain: "Start again",

  broken: (seq: number, last: number) =>
    `The folder’s history breaks off at record ${f.number(seq)} of ${f.number(last)}. Changes from there on cannot be verified; what was there before is recovered.`,
  entryLost: (seq: number) =>
    `Entry ${f.number(seq)} of the history is lost. Files that it added or changed may be missing, or stand under an older name.`,
  snapshotLost: (seq: number) => `The snapshot at record ${f.number(seq)} is lost. Files from before it have lost their names and places.`,
  healed: (seq: number) => `Record ${f.number(seq)} is damaged. A later snapshot makes up for it: nothing is missing on its account.`,
  newer: "The folder was written by a newer Keyfold. Take a newer recovery page for what came last.",
  rolledBack: (seq: number, seen: number) =>
    `This is an older copy: its history ends at record ${f.number(seq)}, and when the key was saved it had gone on to ${f.number(seen)}. Look for a newer copy.`,
  forked:
    "This is another history than the one the key was saved with. It is signed with the folder’s key all the same. Look at what you get with care.",

  places: { trash: "Trash", versions: "Earlier versions", strays: "Found without a place" },
  zipName: "recovered-files.zip",
  reportName: "Report of the recovery.txt",
});

export type RecoverWords = ReturnType<typeof recoverWords>;
