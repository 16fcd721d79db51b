// <photo-drop>: drop a photo on it, or pick one; shows what was chosen. The file input inside does the sending.

class PhotoDrop extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.preview = this.querySelector("img");
    this.chosen = this.querySelector(".chosen");
    this.input.addEventListener("change", () => this.show());
    for (const name of ["dragenter", "dragover"]) {
      this.addEventListener(name, (event) => {
        event.preventDefault();
        this.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) {
      this.addEventListener(name, () => this.classList.remove("over"));
    }
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      this.input.files = event.dataTransfer.files;
      this.show();
    });
    // A sample and a photo of one's own exclude each other.
    const form = this.closest("form");
    for (const sample of form.querySelectorAll("input[name=sample]")) {
      sample.addEventListener("change", () => {
        this.input.value = "";
        this.show();
      });
    }
    form.addEventListener("submit", () => {
      const button = form.querySelector("button[type=submit]");
      button.setAttribute("aria-busy", "true");
      button.textContent = button.dataset.busy;
      // Not before the browser has gathered the form, which it does after this event.
      setTimeout(() => { button.disabled = true; });
    });
    // Back in the history: the page may come from the cache as it was left.
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    this.show();
  }

  show() {
    const [file] = this.input.files;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = file && URL.createObjectURL(file);
    this.classList.toggle("filled", Boolean(file));
    this.chosen.textContent = file ? `${file.name} · ${(file.size / 2 ** 20).toFixed(1)} MB` : "";
    if (!file) {
      this.preview.removeAttribute("src");
      this.preview.hidden = true;
      return;
    }
    // Browsers cannot show every format that we take (HEIC); then the name alone has to do.
    this.preview.onload = () => { this.preview.hidden = false; };
    this.preview.onerror = () => { this.preview.hidden = true; };
    this.preview.src = this.url;
    for (const sample of this.closest("form").querySelectorAll("input[name=sample]")) sample.checked = false;
  }
}

customElements.define("photo-drop", PhotoDrop);
