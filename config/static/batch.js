// <batch-form>: tells the price of what is chosen, before it is asked for.

import { t } from "./words.js";

class BatchForm extends HTMLElement {
  connectedCallback() {
    this.sum = this.querySelector(".sum");
    this.addEventListener("change", (event) => {
      // Who names a photo's room wants it staged.
      const room = event.target.closest("select");
      if (room?.value) room.closest("li").querySelector("input[type=checkbox]").checked = true;
      this.show();
    });
    const all = this.querySelector(".all");
    all.hidden = !this.querySelector(".choose input[type=checkbox]");
    all.addEventListener("click", () => {
      for (const box of this.querySelectorAll(".choose input[type=checkbox]")) box.checked = true;
      this.show();
    });
    this.querySelector("form").addEventListener("submit", () => {
      const button = this.querySelector("button[type=submit]");
      setTimeout(() => { button.disabled = true; });
    });
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    this.show();
  }

  show() {
    const chosen = this.querySelectorAll(".choose input[type=checkbox]:checked").length;
    const { price, credits } = this.dataset;
    const sum = chosen * Number(price);
    const left = Number(credits) - sum;
    const says = chosen === 1 ? t("1 picture: %(sum)s credits.", { sum }) : t("%(chosen)s pictures: %(sum)s credits.", { chosen, sum });
    const rest = left >= 0 ? t("%(left)s will be left.", { left }) : t("You have %(credits)s.", { credits });
    this.sum.textContent = chosen ? `${says} ${rest}` : t("%(price)s credits a picture; you have %(credits)s.", { price, credits });
    this.classList.toggle("short", left < 0);
  }
}

customElements.define("batch-form", BatchForm);
