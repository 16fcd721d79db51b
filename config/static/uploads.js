// <photo-uploads>: many files at once, each in pieces. A lost line costs one piece: the next try asks the server how
// much is there and goes on from that. Without this file the form inside sends them all in one go.

import { t } from "./words.js";

const PIECE = 4 * 2 ** 20;
const AT_ONCE = 3;
const TRIES = 8;

const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

class Refused extends Error {}

class PhotoUploads extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.panel = this.querySelector(".uploading");
    this.bar = this.querySelector("progress");
    this.said = this.querySelector(".said");
    this.files = this.querySelector(".files");
    this.token = this.querySelector("[name=csrfmiddlewaretoken]").value;
    this.queue = [];
    this.sizes = { all: 0, sent: 0 };
    this.counts = { all: 0, done: 0, old: 0, wrong: 0 };
    this.working = 0;
    this.querySelector("button[type=submit]").hidden = true;
    this.input.addEventListener("change", () => { this.take(this.input.files); this.input.value = ""; });
    for (const name of ["dragenter", "dragover"]) {
      this.addEventListener(name, (event) => { event.preventDefault(); this.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) this.addEventListener(name, () => this.classList.remove("over"));
    this.addEventListener("drop", (event) => { event.preventDefault(); this.drop(event.dataTransfer); });
    addEventListener("beforeunload", (event) => { if (this.working || this.queue.length) event.preventDefault(); });
  }

  // A folder is walked through; everything else is the files themselves.
  async drop(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) { this.take(transfer.files); return; }
    const found = [];
    const walk = async (entry) => {
      if (entry.isFile) { found.push(await new Promise((ok, no) => { entry.file(ok, no); })); return; }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((ok, no) => { reader.readEntries(ok, no); });
        if (!some.length) return;
        for (const one of some) await walk(one);
      }
    };
    for (const entry of entries) await walk(entry);
    this.take(found.filter((file) => /^image\//.test(file.type) || /\.(jpe?g|png|webp|heic|heif|avif)$/i.test(file.name)));
  }

  take(files) {
    for (const file of files) {
      const row = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      const note = document.createElement("span");
      note.className = "note";
      row.append(name, bar, note);
      this.files.append(row);
      const job = { file, row, bar, note, sent: 0, before: this.last };
      job.settled = new Promise((resolve) => { job.settle = resolve; });
      this.last = job.settled;
      this.queue.push(job);
      this.sizes.all += file.size;
      this.counts.all += 1;
    }
    this.panel.hidden = !this.counts.all;
    this.show();
    while (this.working < AT_ONCE && this.queue.length) this.work();
  }

  async work() {
    this.working += 1;
    while (this.queue.length) {
      const job = this.queue.shift();
      try {
        const answer = await this.send(job);
        this.counts[answer.new ? "done" : "old"] += 1;
        job.note.textContent = answer.new ? "" : t("is here already");
        if (answer.new) job.row.remove();
        this.add(answer);
      } catch (error) {
        this.counts.wrong += 1;
        job.row.classList.add("wrong");
        job.note.textContent = error.message;
        const again = document.createElement("button");
        again.type = "button";
        again.className = "link";
        again.textContent = t("Try again");
        again.addEventListener("click", () => {
          job.row.classList.remove("wrong");
          job.note.textContent = "";
          this.counts.wrong -= 1;
          this.queue.push(job);
          if (this.working < AT_ONCE) this.work();
        });
        job.note.append(" ", again);
      }
      job.settle();
      this.show();
    }
    this.working -= 1;
    this.show();
  }

  async send(job) {
    const { file } = job;
    const fields = new URLSearchParams({ name: file.name, size: file.size, fingerprint: `${file.name} ${file.lastModified}` });
    const begun = await this.ask("POST", this.dataset.begin, fields);
    const address = `${this.dataset.begin}${begun.token}/`;
    let { received } = begun;
    while (received < file.size) {
      this.moved(job, received);
      const piece = file.slice(received, received + PIECE);
      ({ received } = await this.ask("PUT", `${address}?offset=${received}`, piece));
    }
    this.moved(job, file.size);
    // Files arrive side by side, and get their places in the order in which they were chosen.
    await job.before;
    return this.ask("POST", address, null);
  }

  // One request, tried again while the line or the server is away; 409 tells how much is there, which is an answer.
  async ask(method, url, body) {
    for (let attempt = 0; ; attempt += 1) {
      let response;
      try {
        response = await fetch(url, { method, body, headers: { "X-CSRFToken": this.token } });
      } catch {
        if (attempt >= TRIES) throw new Error(t("The connection was lost."));
      }
      if (response && response.status !== 503 && response.status < 500) {
        const told = await response.json().catch(() => ({}));
        if (response.ok || (response.status === 409 && method === "PUT")) return told;
        throw new Refused(told.error || t("This file could not be taken in."));
      }
      if (attempt >= TRIES) throw new Error(t("The server is busy."));
      this.said.textContent = t("Waiting for the connection…");
      await wait(Math.min(15000, 500 * 2 ** attempt));
    }
  }

  moved(job, sent) {
    this.sizes.sent += sent - job.sent;
    job.sent = sent;
    job.bar.value = job.file.size ? sent / job.file.size : 1;
    this.show();
  }

  add(answer) {
    if (!answer.new) return;
    const list = document.querySelector("ol.photos");
    // The first photo of a listing brings the list with it.
    if (!list) { this.reload = true; return; }
    list.insertAdjacentHTML("beforeend", answer.html);
    list.dispatchEvent(new CustomEvent("photos-changed", { bubbles: true }));
  }

  show() {
    const { all, done, old, wrong } = this.counts;
    this.bar.value = this.sizes.all ? this.sizes.sent / this.sizes.all : 0;
    const parts = [t("%(done)s of %(all)s uploaded", { done: done + old, all })];
    if (old) parts.push(t("%(old)s here already", { old }));
    if (wrong) parts.push(t("%(wrong)s not taken in", { wrong }));
    this.said.textContent = parts.join(", ");
    if (!this.working && !this.queue.length && all && !wrong && this.reload) location.reload();
  }
}

customElements.define("photo-uploads", PhotoUploads);
