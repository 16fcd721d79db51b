// <photo-order>: drag a photo by its handle, or move it with the arrow keys; the new order is saved at once.

import { t } from "./words.js";

// How near to an edge of the screen, and how fast: pixels, and pixels a frame.
const EDGE = 90, STEP = 12;
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };

class PhotoOrder extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.prepare();
    this.addEventListener("photos-changed", () => this.prepare());
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("dragstart", (event) => this.start(event));
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("dragend", () => this.end());
    this.addEventListener("pointerdown", (event) => this.take(event));
    // The list is fetched anew while pictures are made: not while a photo is in somebody's hand, nor before it is saved,
    // nor under the fingers of who moves photos by keyboard.
    this.swap = (event) => { if (this.contains(event.target) || event.target.contains?.(this)) this.wait(event); };
    document.addEventListener("htmx:beforeSwap", this.swap);
  }

  disconnectedCallback() { document.removeEventListener("htmx:beforeSwap", this.swap); }

  wait(event) { if (this.held || this.keys() !== this.known || this.querySelector(".grip:focus-visible")) event.detail.shouldSwap = false; }

  prepare() {
    for (const item of this.list.children) {
      item.querySelector(".grip").hidden = false;
      item.draggable = true;
    }
    this.known = this.keys();
  }

  keys() { return [...this.list.children].map((item) => item.dataset.key).join(","); }

  key(event) {
    const grip = event.target.closest(".grip");
    const step = STEPS[event.key];
    if (!grip || step === undefined) return;
    event.preventDefault();
    const item = grip.closest("li[data-key]");
    const items = [...this.list.children];
    const place = Math.max(0, Math.min(items.length - 1, items.indexOf(item) + step));
    this.put(item, place);
    grip.focus();
    this.say(t("Moved to place %(place)s of %(all)s.", { place: place + 1, all: items.length }));
    clearTimeout(this.later);
    this.later = setTimeout(() => this.save(), 500);
  }

  put(item, place) {
    const others = [...this.list.children].filter((one) => one !== item);
    this.list.insertBefore(item, others[place] || null);
  }

  start(event) {
    // Taken by its handle, it moves with the pointer already.
    if (this.held) { event.preventDefault(); return; }
    this.held = event.target.closest("li[data-key]");
    if (!this.held) return;
    event.dataTransfer.effectAllowed = "move";
    this.held.classList.add("held");
  }

  over(event) {
    if (!this.held) return;
    event.preventDefault();
    this.near(event.clientX, event.clientY);
  }

  // Fingers do not start a drag in browsers, nor does a mouse on a button in all of them: the handle moves with the
  // pointer itself.
  take(event) {
    const grip = event.target.closest(".grip");
    if (!grip || event.button) return;
    event.preventDefault();
    this.held = grip.closest("li[data-key]");
    this.held.classList.add("held");
    let at = [event.clientX, event.clientY];
    const move = (moved) => { at = [moved.clientX, moved.clientY]; this.near(...at); };
    // Near an edge of the screen the page follows: a hundred photos do not fit on a phone.
    const follow = setInterval(() => {
      const step = at[1] < EDGE ? -STEP : at[1] > innerHeight - EDGE ? STEP : 0;
      if (step) { scrollBy(0, step); this.near(...at); }
    }, 16);
    const up = () => { removeEventListener("pointermove", move); clearInterval(follow); this.end(); };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up, { once: true });
    addEventListener("pointercancel", up, { once: true });
  }

  near(x, y) {
    const other = document.elementFromPoint(x, y)?.closest("li[data-key]");
    if (!other || other === this.held || other.parentElement !== this.list) return;
    const items = [...this.list.children];
    this.put(this.held, items.indexOf(other));
  }

  end() {
    this.held?.classList.remove("held");
    this.held = null;
    this.save();
  }

  async save() {
    const keys = this.keys();
    if (keys === this.known) return;
    const fields = { keys, seen: this.known, csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value };
    const response = await fetch(this.dataset.url, {
      method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields),
    }).catch(() => null);
    if (response?.ok) {
      this.known = keys;
      this.say(t("The order is saved."));
      // Photos have come or gone meanwhile: show what is true.
      if (response.status === 200) location.reload();
    } else if (response?.status === 409) {
      this.choose(fields);
    } else {
      this.say(t("The order could not be saved."));
    }
  }

  // Somebody else has ordered them meanwhile: the page that the server answers a form with shows both orders.
  choose(fields) {
    const form = Object.assign(document.createElement("form"), { method: "post", action: this.dataset.url, hidden: true });
    for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    form.submit();
  }

  say(text) { document.querySelector("#said").textContent = text; }
}

customElements.define("photo-order", PhotoOrder);
