/** A file's versions, the newest first: when each came and from where, and what can be done with it. */
import { html, nothing } from "lit";
import type { BlobId, FileVersion } from "@keyfold/core";
import type { Formats, Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";

export interface VersionScene {
  readonly words: Words;
  readonly format: Formats;
  /** The current one first. */
  readonly versions: readonly FileVersion[];
  /** The file arrived from a phone: its first version did. */
  readonly fromDrop: boolean;
  readonly mayRestore: boolean;
  readonly mayDownload: boolean;
  restore(blob: BlobId): void;
  download(blob: BlobId): void;
}

export function versionList(scene: VersionScene) {
  const { words, versions } = scene;
  return html`<hr class="divider" />
    <section class="versions">
      <h3 class="keyline">${words.details.versions}</h3>
      <ol reversed>
        ${versions.map((version, at) => versionRow(scene, version, versions.length - at))}
      </ol>
    </section>`;
}

function versionRow(scene: VersionScene, version: FileVersion, number: number) {
  const { words, format } = scene;
  return html`<li>
    <b>${format.number(number)}</b>
    <span class="came"><bdi>${whenOf(scene, version)}</bdi> <bdi class="under">${whatOf(scene, version, number)}</bdi></span>
    ${
      version.current
        ? html`<span>${words.details.current}</span>`
        : scene.mayRestore
          ? html`<button
              type="button"
              class="link"
              aria-label=${words.details.restoreVersion(number)}
              @click=${() => scene.restore(version.blob)}
            >
              ${words.details.restore}
            </button>`
          : html`<span></span>`
    }
    ${
      scene.mayDownload
        ? html`<button
            type="button"
            class="icon-button"
            aria-label=${words.details.downloadVersion(number)}
            @click=${() => scene.download(version.blob)}
          >
            ${icon("download")}
          </button>`
        : nothing
    }
  </li>`;
}

/** When it came, else when the file was changed. */
function whenOf({ format }: VersionScene, { came, modified }: FileVersion): string {
  const when = came?.at ?? modified;
  return when === null ? "" : format.when(when);
}

/** Which device it came from, as far as it is known, and how large it is. */
function whatOf({ words, format, fromDrop }: VersionScene, { came, size, exposed }: FileVersion, number: number): string {
  const { phone, thisDevice, otherDevice } = words.files;
  const device = came === null ? "" : fromDrop && number === 1 ? phone : came.here ? thisDevice : otherDevice;
  return [device, format.bytes(size), exposed ? words.details.exposedTitle : ""].filter(Boolean).join(", ");
}
