// <picture-review>: flicker between before and after, show what was changed, zoom to the picture's own pixels.

class PictureReview extends HTMLElement {
  connectedCallback() {
    this.tools = this.querySelector(".tools");
    this.tools.hidden = false;
    this.compare = this.querySelector("before-after");
    this.tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      this[button.dataset.act](on);
    });
  }

  flicker(on) {
    clearInterval(this.timer);
    if (!on) { this.split("50%"); return; }
    let empty = false;
    this.timer = setInterval(() => { empty = !empty; this.split(empty ? "100%" : "0%"); }, 700);
  }

  split(where) { this.compare.style.setProperty("--split", where); }

  mask(on) {
    if (!this.overlay) {
      this.overlay = document.createElement("div");
      this.overlay.className = "changed";
      this.overlay.style.maskImage = `url("${this.dataset.mask}")`;
      this.compare.append(this.overlay);
    }
    this.overlay.hidden = !on;
  }

  zoom(on) {
    if (on) {
      // The previews are small; pixels are looked at in the picture itself.
      const after = this.compare.querySelector(".after img");
      if (after.srcset) { after.removeAttribute("srcset"); after.src = this.dataset.full; }
      this.split("0%");
    } else {
      this.split("50%");
    }
    this.classList.toggle("zoomed", on);
    // The middle first: a corner of the ceiling tells nothing.
    const { compare } = this;
    compare.scrollTo((compare.scrollWidth - compare.clientWidth) / 2, (compare.scrollHeight - compare.clientHeight) * 0.7);
  }
}

customElements.define("picture-review", PictureReview);
