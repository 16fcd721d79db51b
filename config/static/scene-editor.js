// <scene-editor>: the furniture of a staged picture as handles: move, turn, swap, remove, add, undo. The server says
// what each change does and what does not fit; a draft of the picture follows by itself, the finished one on request.

import { Overlay, post } from "./handles.js";

const IDLE = 1200;
const TURN = 15;

class SceneEditor extends HTMLElement {
  connectedCallback() {
    const first = JSON.parse(this.dataset.shown);
    this.overlay = new Overlay(this.querySelector(".stage-area"), first.size);
    this.image = this.overlay.image;
    this.note = this.querySelector(".draft-note");
    this.said = this.querySelector(".said");
    this.problems = this.querySelector(".problems");
    this.list = this.querySelector(".pieces");
    this.tools = this.querySelector(".piece-tools");
    this.field = this.querySelector("[name=arrangement]");
    this.handles = new Map();
    this.past = [];
    this.future = [];
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("change", (event) => this.chosen(event));
    this.addEventListener("keydown", (event) => this.shortcut(event));
    // After a picture that could not be asked for: what was placed stays, and may be undone.
    if (this.dataset.first) this.past.push(JSON.parse(this.dataset.first));
    this.show(first);
  }

  // --- what is seen

  show(shown) {
    this.shown = shown;
    this.field.value = JSON.stringify(shown.arrangement);
    const ids = new Set(shown.pieces.map((piece) => piece.id));
    for (const [id, handle] of this.handles) if (!ids.has(id)) { handle.remove(); this.handles.delete(id); }
    for (const piece of shown.pieces) {
      if (!this.handles.has(piece.id)) this.handles.set(piece.id, this.handle(piece));
      if (piece.id !== this.dragged) this.overlay.place(this.handles.get(piece.id), piece.handle);
    }
    if (!ids.has(this.selected)) this.selected = null;
    this.list.replaceChildren(...shown.pieces.map((piece) => this.row(piece)));
    this.problems.replaceChildren(...shown.problems.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    this.querySelector("[type=submit]").disabled = Boolean(shown.problems.length) || !this.past.length;
    this.querySelector("[data-act=undo]").disabled = !this.past.length;
    this.querySelector("[data-act=redo]").disabled = !this.future.length;
    this.mark();
  }

  handle(piece) {
    return this.overlay.handle({
      label: piece.title, className: "piece",
      move: (point) => this.drag(piece.id, point),
      end: () => this.dropped(),
      key: (event) => this.key(piece.id, event),
    });
  }

  row(piece) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "piece-name", textContent: piece.title });
    button.dataset.piece = piece.id;
    button.setAttribute("aria-pressed", String(piece.id === this.selected));
    item.append(button);
    return item;
  }

  mark() {
    const piece = this.shown.pieces.find((one) => one.id === this.selected);
    for (const [id, handle] of this.handles) handle.classList.toggle("selected", id === this.selected);
    for (const button of this.list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.piece === this.selected));
    const moved = this.past.length > 0;
    this.overlay.outlines("body", this.shown.pieces.filter((one) => one.id === this.selected || moved)
      .map((one) => ({ points: one.body, className: one.id === this.selected ? "selected" : "" })));
    this.overlay.outlines("foot", piece && !piece.hangs ? [{ points: piece.foot }] : []);
    this.tools.hidden = !piece;
    if (!piece) return;
    this.tools.querySelector(".piece-title").textContent = piece.title;
    this.tools.querySelector("[name=kind]").value = piece.kind;
    this.tools.querySelector("[name=style]").value = piece.style;
  }

  select(id) {
    this.selected = id;
    this.mark();
  }

  // --- what is done

  async drag(id, point) {
    if (this.dragged !== id) { this.before = this.shown.arrangement; this.dragged = id; this.select(id); }
    this.overlay.place(this.handles.get(id), point);
    this.wanted = { id, point };
    if (this.asking) return;
    this.asking = true;
    while (this.wanted) {
      const { id: piece, point: at } = this.wanted;
      this.wanted = null;
      // From where it lay when the drag began: what stands on it goes along once, not with every step.
      const told = await this.ask([{ do: "move", id: piece, at }], this.before);
      if (told) this.show(told);
    }
    this.asking = false;
    if (this.letGo) { this.letGo = false; this.dropped(); }
  }

  dropped() {
    if (this.asking) { this.letGo = true; return; }
    if (!this.dragged) return;
    this.dragged = null;
    this.remember(this.before);
    this.show(this.shown);
    this.draftSoon();
  }

  // One change after the other: two quick strokes are two steps, each from where the one before has led.
  after(work) {
    this.line = (this.line || Promise.resolve()).then(work);
    return this.line;
  }

  // `wishes` may be a function of what is shown by the time that their turn comes.
  wish(wishes) {
    return this.after(async () => {
      const before = this.shown.arrangement;
      const known = new Set(this.shown.pieces.map((piece) => piece.id));
      const told = await this.ask(typeof wishes === "function" ? wishes(this.shown) : [wishes], before);
      if (!told) return;
      this.remember(before);
      const added = told.pieces.find((piece) => !known.has(piece.id));
      if (added) this.selected = added.id;
      this.show(told);
      this.draftSoon();
    });
  }

  async ask(wishes, arrangement) {
    const { ok, told } = await post(this.dataset.change, { arrangement, wishes });
    this.said.textContent = ok ? "" : told.error;
    return ok ? told : null;
  }

  remember(arrangement) {
    this.past.push(arrangement);
    this.future = [];
  }

  travel(from, to) {
    return this.after(async () => {
      if (!from.length) return;
      const told = await this.ask([], from.at(-1));
      if (!told) return;
      from.pop();
      to.push(this.shown.arrangement);
      this.show(told);
      this.draftSoon();
    });
  }

  turn(id, by) {
    this.wish((shown) => [{ do: "turn", id, turn: shown.pieces.find((one) => one.id === id).turn + by }]);
  }

  // --- where it comes from

  click(event) {
    const named = event.target.closest("[data-piece]");
    if (named) { this.select(named.dataset.piece); return; }
    const handle = event.target.closest(".handle-point");
    if (handle) { this.select([...this.handles].find(([, one]) => one === handle)[0]); return; }
    const act = event.target.closest("[data-act]")?.dataset.act;
    const id = this.selected;
    if (act === "undo") this.travel(this.past, this.future);
    else if (act === "redo") this.travel(this.future, this.past);
    else if (act === "left") this.turn(id, TURN);
    else if (act === "right") this.turn(id, -TURN);
    else if (act === "another") this.wish({ do: "swap", id });
    else if (act === "delete") this.wish({ do: "delete", id });
    else if (act === "add") this.add();
  }

  add() {
    const option = this.querySelector("[name=new]").selectedOptions[0];
    if (!option.value) return;
    const height = option.dataset.hangs ? 0.4 : 0.8;
    this.wish({ do: "add", kind: option.value, at: [this.overlay.size[0] / 2, this.overlay.size[1] * height] });
  }

  chosen(event) {
    const { name, value } = event.target;
    if (name === "kind" || name === "style") this.wish({ do: "swap", id: this.selected, [name]: value });
  }

  key(id, event) {
    this.select(id);
    if (event.key === "Delete" || event.key === "Backspace") this.wish({ do: "delete", id });
    else if (event.key === "[" || event.key === "q") this.turn(id, TURN);
    else if (event.key === "]" || event.key === "e") this.turn(id, -TURN);
    else return false;
    return true;
  }

  shortcut(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (event.shiftKey) this.travel(this.future, this.past); else this.travel(this.past, this.future);
  }

  // --- drafts

  draftSoon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.draft(), IDLE);
  }

  async draft() {
    if (this.shown.problems.length) { this.note.textContent = this.dataset.unfit; return; }
    const mine = Symbol("draft");
    this.latest = mine;
    const { ok, told } = await post(this.dataset.draft, { arrangement: this.shown.arrangement });
    if (!ok) { this.note.textContent = told.error; return; }
    for (;;) {
      const response = await fetch(told.url).catch(() => null);
      if (this.latest !== mine) return;
      const answer = response?.ok ? await response.json() : { state: "running", note: "" };
      if (answer.note) this.note.textContent = answer.note;
      if (answer.picture) {
        // Decoded before it is shown, so that nothing flickers.
        const next = Object.assign(new Image(), { src: answer.picture });
        await next.decode().catch(() => null);
        if (this.latest === mine) { this.image.removeAttribute("srcset"); this.image.src = answer.picture; }
        return;
      }
      if (answer.state !== "queued" && answer.state !== "running") return;
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }
}

customElements.define("scene-editor", SceneEditor);
