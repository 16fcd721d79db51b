// <room-editor>: drag the points where floor and walls meet; the server answers which room has them, as often as asked.

import { Overlay, post } from "./handles.js";
import { t } from "./words.js";

const NAMES = {
  back_left: t("Floor, far left corner"), back_right: t("Floor, far right corner"),
  front_left: t("Foot of the left wall, near you"), front_right: t("Foot of the right wall, near you"),
  ceiling_left: t("Ceiling, far left corner"), ceiling_right: t("Ceiling, far right corner"),
};

class RoomEditor extends HTMLElement {
  connectedCallback() {
    this.overlay = new Overlay(this.querySelector(".stage-area"), [Number(this.dataset.width), Number(this.dataset.height)]);
    this.said = this.querySelector(".said");
    this.field = this.querySelector("[name=corners]");
    this.first = JSON.parse(this.dataset.shown);
    this.done = [];
    this.handles = {};
    for (const [name, label] of Object.entries(NAMES)) {
      if (!this.first.corners[name]) continue;
      this.handles[name] = this.overlay.handle({
        label, className: name.startsWith("ceiling") ? "ceiling" : "", loupe: true, move: (point) => this.move(name, point), end: () => this.end(),
      });
    }
    this.querySelector("[data-act=undo]").addEventListener("click", () => this.undo());
    this.querySelector("[data-act=reset]").addEventListener("click", () => { this.take(this.first.corners); });
    this.addEventListener("keydown", (event) => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.undo(); }
    });
    this.show(this.first, true);
    this.steady = this.corners;
  }

  show(shown, place) {
    for (const kind of ["grid", "floor", "ceiling", "walls"]) this.overlay.lines(kind, shown[kind]);
    if (place) {
      this.corners = shown.corners;
      for (const [name, handle] of Object.entries(this.handles)) this.overlay.place(handle, this.corners[name]);
    }
    this.say(shown.size);
    this.field.value = JSON.stringify(this.corners);
  }

  move(name, point) {
    this.corners = { ...this.corners, [name]: point };
    this.overlay.place(this.handles[name], point);
    this.ask();
  }

  end() {
    this.done.push(this.steady);
    this.steady = this.corners;
    this.buttons();
    this.ask();
  }

  undo() {
    if (this.done.length) this.take(this.done.pop(), true);
  }

  take(corners, undone) {
    if (!undone) this.done.push(this.steady);
    this.corners = this.steady = corners;
    for (const [name, handle] of Object.entries(this.handles)) this.overlay.place(handle, corners[name]);
    this.buttons();
    this.ask();
  }

  buttons() {
    this.querySelector("[data-act=undo]").disabled = !this.done.length;
    this.querySelector("[data-act=reset]").disabled = !this.done.length;
  }

  // One question at a time; what has moved meanwhile is asked next.
  async ask() {
    this.field.value = JSON.stringify(this.corners);
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    do {
      this.again = false;
      const { ok, told } = await post(this.dataset.fit, this.corners);
      this.classList.toggle("impossible", !ok);
      this.querySelector("[type=submit]").disabled = !ok;
      if (ok) this.show(told, false); else this.say(told.error);
    } while (this.again);
    this.asking = false;
  }

  say(text) { if (this.said.textContent !== text) this.said.textContent = text; }
}

customElements.define("room-editor", RoomEditor);
