/**
 * Sets custom properties through the CSSOM: a policy of `style-src 'self'` forbids style attributes (and lit's `styleMap` writes one at first).
 *
 * @example `<div class="bar" ${customProperties({ "--_v": 56 })}></div>`
 * @module
 */
import { noChange } from "lit";
import { Directive, directive, PartType } from "lit/directive.js";
import type { ElementPart, PartInfo } from "lit/directive.js";

type Values = Readonly<Record<`--${string}`, string | number>>;

class CustomProperties extends Directive {
  #set: Values = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("customProperties stands in an element's tag, not in an attribute");
  }

  render(_values: Values) {
    return noChange;
  }

  override update(part: ElementPart, [values]: [Values]) {
    const style = (part.element as HTMLElement).style;
    for (const [name, value] of Object.entries(values)) {
      if (this.#set[name as `--${string}`] !== value) style.setProperty(name, String(value));
    }
    this.#set = values;
    return noChange;
  }
}

export const customProperties = directive(CustomProperties);
