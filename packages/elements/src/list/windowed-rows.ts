/**
 * Which rows of a long list are in the document: those in view, a few around them, and always the one that has the focus.
 *
 * Rows stand in the normal flow (they are parts of a grid): gaps of the right height stand for the others.
 *
 * @module
 */
import { defaultRangeExtractor, VirtualizerController } from "@tanstack/lit-virtual";
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** A row by its index, or a gap by its height in px. */
export type Slot = { readonly index: number } | { readonly gap: number; readonly after: number };

export interface WindowedRowsOptions {
  /** The element that scrolls; null before the first render. */
  scroller(): HTMLElement | null;
  count(): number;
  /** Index of the row that must stay in the document; -1 for none. */
  pinned(): number;
  /** px a row before one was measured. */
  height: number;
}

const overscan = 8;

export class WindowedRows implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: WindowedRowsOptions;
  readonly #virtual: VirtualizerController<HTMLElement, HTMLElement>;
  #height: number;
  #count = -1;
  #pinned = -1;

  constructor(host: ReactiveControllerHost, options: WindowedRowsOptions) {
    this.#host = host;
    this.#options = options;
    this.#height = options.height;
    this.#virtual = new VirtualizerController<HTMLElement, HTMLElement>(host, this.#settings(0));
    host.addController(this);
  }

  /** Rows and gaps, top to bottom. */
  get slots(): readonly Slot[] {
    const count = this.#options.count();
    const virtual = this.#virtual.getVirtualizer();
    const pinned = this.#options.pinned();
    if (count !== this.#count || pinned !== this.#pinned) {
      this.#count = count;
      this.#pinned = pinned;
      virtual.setOptions({ ...virtual.options, ...this.#settings(count) });
    }
    const slots: Slot[] = [];
    let end = 0;
    let last = -1;
    for (const { index, start } of virtual.getVirtualItems()) {
      if (start > end) slots.push({ gap: start - end, after: last });
      slots.push({ index });
      end = start + this.#height;
      last = index;
    }
    if (count * this.#height > end) slots.push({ gap: count * this.#height - end, after: last });
    return slots;
  }

  /** px a row. */
  get height(): number {
    return this.#height;
  }

  /** Rows that fit on one page. */
  get pageLength(): number {
    return Math.max(1, Math.floor((this.#options.scroller()?.clientHeight ?? 0) / this.#height) - 1);
  }

  /** The height of a row as it was laid out: tokens, pointer and width decide it. */
  measured(height: number): void {
    if (height <= 0 || Math.abs(height - this.#height) < 0.5) return;
    this.#height = height;
    const virtual = this.#virtual.getVirtualizer();
    virtual.setOptions({ ...virtual.options, ...this.#settings(this.#count) });
    virtual.measure();
    this.#host.requestUpdate();
  }

  scrollTo(index: number): void {
    this.#virtual.getVirtualizer().scrollToIndex(index, { align: "auto" });
  }

  hostConnected(): void {}

  #settings(count: number) {
    return {
      count: Math.max(0, count),
      getScrollElement: () => this.#options.scroller(),
      estimateSize: () => this.#height,
      overscan,
      // until the real height is known: the first drawing is not an empty one
      initialRect: { width: 0, height: 800 },
      rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const indexes = defaultRangeExtractor(range);
        const pinned = this.#pinned;
        if (pinned < 0 || pinned >= range.count || indexes.includes(pinned)) return indexes;
        return [...indexes, pinned].sort((a, b) => a - b);
      },
    };
  }
}
