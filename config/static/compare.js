// <before-after>: two pictures of one room on top of each other, and a divider to drag between them.
// The divider is a range input, so arrow keys, Home and End move it too; without this file both pictures simply show.

import { t } from "./words.js";

class BeforeAfter extends HTMLElement {
  connectedCallback() {
    if (this.range) return;
    const range = document.createElement("input");
    Object.assign(range, { type: "range", min: "0", max: "100", step: "1", value: this.dataset.split || "50" });
    range.setAttribute("aria-label", this.dataset.label || t("Divider between the empty and the furnished room"));
    const handle = document.createElement("span");
    handle.className = "handle";
    handle.setAttribute("aria-hidden", "true");
    this.append(range, handle);
    this.range = range;
    range.addEventListener("input", () => this.show());
    // Dragging anywhere on the picture works, also where a browser moves a range by its thumb alone.
    this.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    this.addEventListener("pointermove", (event) => {
      if (this.hasPointerCapture(event.pointerId)) this.drag(event);
    });
    this.addEventListener("pointerup", () => range.focus({ preventScroll: true }));
    this.addEventListener("dragstart", (event) => event.preventDefault());
    this.show();
  }

  drag(event) {
    const box = this.getBoundingClientRect();
    this.range.value = String(Math.round((100 * (event.clientX - box.left)) / box.width));
    this.show();
  }

  show() {
    // The furnished room lies to the right of the divider.
    const empty = Number(this.range.value);
    this.style.setProperty("--split", `${empty}%`);
    const said = this.dataset.value?.replace("SHARE", String(100 - empty));
    this.range.setAttribute("aria-valuetext", said || t("%(share)s % furnished", { share: 100 - empty }));
  }
}

customElements.define("before-after", BeforeAfter);
