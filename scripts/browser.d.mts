export declare const browserArguments: string[];
/** Path of a Chromium; installs one where none is found. */
export declare function findBrowser(): string;
