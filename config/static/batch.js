// <batch-form>: tells the price of what is chosen, before it is asked for.

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
    all.hidden = !this.querySelector("input[type=checkbox]");
    all.addEventListener("click", () => {
      for (const box of this.querySelectorAll("input[type=checkbox]")) box.checked = true;
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
    const chosen = this.querySelectorAll("input[type=checkbox]:checked").length;
    const { price, credits } = this.dataset;
    const sum = chosen * Number(price);
    const left = Number(credits) - sum;
    this.sum.textContent = chosen
      ? `${chosen} picture${chosen === 1 ? "" : "s"}: ${sum} credits. ${left >= 0 ? `${left} will be left.` : `You have ${credits}.`}`
      : `${price} credits a picture; you have ${credits}.`;
    this.classList.toggle("short", left < 0);
  }
}

customElements.define("batch-form", BatchForm);
