import type { Formats } from "../../i18n/format.ts";

/** Words of alert, status, QR, home page, manager and footer. */
export const pageWords = (f: Formats) => ({
  alert: {
    lead: "Your folder isn’t secure.",
    message:
      "Your files might be stolen or downloaded by anyone. Kindly generate a 64-byte key at the top left corner and click the sign button to secure your folder.",
    /** In right-to-left pages the key bar is on the other side, and the words say so. */
    messageRtl:
      "Your files might be stolen or downloaded by anyone. Kindly generate a 64-byte key at the top right corner and click the sign button to secure your folder.",
    how: "How locking works",
    /** On a page over http:// from another machine. */
    network: "This page came over http://.",
    networkNote: "Whoever is on the network can change it, and so read your files and your key. Over https:// nobody in between can.",
    resealing: (remaining: number, total: number) => `Locked; ${f.number(remaining)} of ${f.number(total)} still being re-encrypted.`,
    about: (left: string) => `about ${left}`,
    copied: "Files uploaded before locking may already have been copied.",
  },
  status: {
    live: "Live",
    connecting: "Connecting",
    offline: "Offline",
    waiting: (count: number) => f.plural(count, { one: "1 change waiting", other: `${f.number(count)} changes waiting` }),
    usage: (part: string, whole: string) => `${part} of ${whole}`,
    used: (part: string, whole: string) => `${part} of ${whole} used`,
    kept: (time: string) => `Kept in this browser; they go out when the connection is back. Last in step at ${time}.`,
    keptNever: "Kept in this browser; they go out when the connection is back.",
    history: {
      server: "Server",
      browser: "This browser",
      change: (seq: number) => `change ${f.number(seq)}`,
      nothingChanged: "It may be a restored backup. Nothing changed here: you still see the newest state this browser has verified.",
      seen: (device: string, server: string | null) =>
        server === null ? `Verified here: ${device}.` : `Verified here: ${device}. Shown by the server: ${server}.`,
      givingBack: (changes: number) =>
        `It may be a restored backup. This browser gives back ${f.plural(changes, { one: "the 1 change", other: `the ${f.number(changes)} changes` })} that the server lost. You need not do anything.`,
      notGivenBack:
        "It may be a restored backup, and this browser has not kept what was lost. Another of your devices may give it back; or adopt the server’s version to go on with it.",
      contentLost: (files: number, changes: number) =>
        `The server has lost the content of ${f.plural(files, { one: "1 file", other: `${f.number(files)} files` })}, so ${f.plural(changes, { one: "1 change", other: `${f.number(changes)} changes` })} could not be given back. Save what this browser still has; adopt the server’s version to go on.`,
      forked:
        "One of them may come from a restored backup that another device went on from. Look at your other devices; adopt the server’s version only if you know why.",
      differs: "Another device sees this folder differently.",
      differsWhy:
        "Its summary of the files is not what this browser worked out from the folder’s history. What you see is what the history says. Nothing is changed from here meanwhile: update Keyfold on all of your devices, and look which of them is wrong.",
      adopt: "Adopt the server’s version…",
      adoptTitle: "Adopt the server’s version?",
      adoptHint: (changes: number, files: number) =>
        `The server’s history takes the place of the one that this browser has verified. ${f.plural(changes, { one: "1 change", other: `${f.number(changes)} changes` })} beyond it will be made anew${files === 0 ? "" : `; without ${f.plural(files, { one: "1 file", other: `${f.number(files)} files` })} whose content is lost`}. This cannot be undone.`,
      adoptForked:
        "The server’s history takes the place of the one that this browser has verified. What was changed here and is not in it will be made anew, as far as it can be. This cannot be undone.",
      adoptConfirm: "Adopt it",
      cancel: "Cancel",
      adopted: (carried: number): string =>
        carried === 0 ? "The server’s version was adopted." : "The server’s version was adopted. What was changed here is made anew.",
      lost: (count: number) =>
        f.plural(count, { one: "1 thing could not be made again:", other: `${f.number(count)} things could not be made again:` }),
      done: "Done",
    },
  },
  qr: {
    title: "Open on your phone",
    intro: "Point the camera at the code. Nothing to install.",
    introLocked: "Point the camera at the code, then enter the key there.",
    label: "QR code with the link to this folder",
    empty: "The code appears once there is a folder.",
    copy: "Copy link",
    copied: "Link copied",
    copyFailed: "Copying was not allowed. The link is selected: copy it yourself.",
    anyone: "Anyone with this link can open the folder until you lock it.",
    local: "This page is on localhost, which a phone cannot reach. Open it by this computer’s address in your network, then scan.",
  },
  home: {
    title: "A folder only your key can open",
    intro: "Start with the files. Lock it when you are ready; nothing has to be sent again.",
    steps: [
      ["1. Add files", "From this computer."],
      ["2. Generate key", "64 bytes, made in this browser, shown only to you."],
      ["3. Sign", "The folder locks. From then on only your key opens it."],
    ] as readonly (readonly [title: string, text: string])[],
    fades: "An open folder that stays empty is removed after 24 hours.",
  },
  page: {
    folder: "Folder",
    details: "Details",
    close: "Close",
    closeDetails: "Close details",
    help: "Help",
    goTo: "Go to",
    files: "Files",
    search: "Search",
    add: "Add",
    sends: "Sends",
    code: "Code",
    tree: "Subfolders",
    more: "More",
    opening: "Opening the folder",
    counts: (files: number, directories: number) =>
      [
        f.plural(files, { one: "1 file", other: `${f.number(files)} files` }),
        ...(directories === 0 ? [] : [f.plural(directories, { one: "1 subfolder", other: `${f.number(directories)} subfolders` })]),
      ].join(", "),
    countsAnd: (files: number, directories: number) =>
      f.list([
        f.plural(files, { one: "1 file", other: `${f.number(files)} files` }),
        ...(directories === 0 ? [] : [f.plural(directories, { one: "1 subfolder", other: `${f.number(directories)} subfolders` })]),
      ]),
  },
  footer: {
    sealed: "Names and files are sealed in this browser. The server keeps what it cannot read.",
    embeddedBy: "Embedded by",
  },
});

export type PageWords = ReturnType<typeof pageWords>;
