// What the editors share: an SVG over a picture, points on it that mouse, finger and keyboard can move, and a loupe.
// All coordinates are pixels of the photo, whatever size it is shown at.

import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Overlay {
  // `area` holds the picture; `size` is [width, height] of the photo.
  constructor(area, size) {
    this.area = area;
    this.size = size;
    this.image = area.querySelector("img");
    area.closest(".editor").style.setProperty("--ratio", size[0] / size[1]);
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    this.svg.setAttribute("aria-hidden", "true");
    this.loupe = document.createElement("div");
    this.loupe.className = "loupe";
    this.loupe.hidden = true;
    area.append(this.svg, this.loupe);
  }

  // Replaces all lines of one kind; each is [u0, v0, u1, v1].
  lines(kind, ends) {
    let group = this.svg.querySelector(`.${kind}`);
    if (!group) {
      group = document.createElementNS(SVG, "g");
      group.setAttribute("class", kind);
      this.svg.append(group);
    }
    group.replaceChildren(...ends.map(([x1, y1, x2, y2]) => {
      const line = document.createElementNS(SVG, "line");
      for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value.toFixed(1));
      return line;
    }));
  }

  // Replaces all outlines of one kind; each is {points: [[u, v], ...], className}.
  outlines(kind, shapes) {
    this.svg.querySelectorAll(`.${kind}`).forEach((one) => one.remove());
    for (const { points, className = "" } of shapes) {
      const shape = document.createElementNS(SVG, "polygon");
      shape.setAttribute("class", `${kind} ${className}`);
      shape.setAttribute("points", points.map((point) => point.map((value) => value.toFixed(1)).join(",")).join(" "));
      this.svg.append(shape);
    }
  }

  // Where in the photo a pointer is.
  at(event) {
    const box = this.area.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.size[0], ((event.clientY - box.top) / box.height) * this.size[1]];
  }

  // A button at a point. `move(point)` while it is dragged, `end()` once it is let go; arrow keys do both at once.
  handle({ label, className = "", loupe = false, move, end = () => {}, key = () => false }) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `handle-point ${className}`;
    button.setAttribute("aria-label", label);
    button.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      button.setPointerCapture(event.pointerId);
      const [u, v] = this.at(event);
      button.grip = [button.point[0] - u, button.point[1] - v];
      button.dragged = false;
    });
    button.addEventListener("pointermove", (event) => {
      if (!button.hasPointerCapture(event.pointerId)) return;
      const [u, v] = this.at(event);
      button.dragged = true;
      const point = [u + button.grip[0], v + button.grip[1]];
      move(point);
      if (loupe) this.magnify(point);
    });
    const over = () => {
      this.loupe.hidden = true;
      if (button.dragged) end();
      button.dragged = false;
    };
    button.addEventListener("pointerup", over);
    button.addEventListener("pointercancel", over);
    button.addEventListener("keydown", (event) => {
      if (key(event)) { event.preventDefault(); return; }
      const step = KEYS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const far = (event.shiftKey ? 0.02 : 0.002) * this.size[0];
      move([button.point[0] + step[0] * far, button.point[1] + step[1] * far]);
      end();
    });
    this.area.append(button);
    return button;
  }

  // Shows the handle at a point; one that lies outside of the photo waits at its border.
  place(button, point) {
    button.point = point;
    const share = point.map((value, axis) => (100 * value) / this.size[axis]);
    button.style.left = `${Math.min(100, Math.max(0, share[0]))}%`;
    button.style.top = `${Math.min(100, Math.max(0, share[1]))}%`;
    button.classList.toggle("outside", share.some((value) => value < 0 || value > 100));
  }

  // The photo around a point, larger: a finger hides what it points at.
  magnify([u, v]) {
    const { width, height } = this.area.getBoundingClientRect();
    const zoom = 4;
    const x = (u / this.size[0]) * width, y = (v / this.size[1]) * height;
    Object.assign(this.loupe.style, {
      backgroundImage: `url("${this.image.currentSrc || this.image.src}")`,
      backgroundSize: `${width * zoom}px ${height * zoom}px`,
      backgroundPosition: `${60 - x * zoom}px ${60 - y * zoom}px`,
    });
    // In the corner that the pointer is not in.
    this.loupe.classList.toggle("right", x < width / 2);
    this.loupe.hidden = false;
  }
}

export const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

// Posts JSON and answers JSON; an error of the server's has `error` in words.
export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST", body: JSON.stringify(body), headers: { "X-CSRFToken": token(), "Content-Type": "application/json" },
  }).catch(() => null);
  if (!response) return { ok: false, told: { error: t("The connection was lost.") } };
  return { ok: response.ok, told: await response.json().catch(() => ({ error: t("That did not work.") })) };
}
