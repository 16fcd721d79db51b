// <mask-painter>: paint over a photo what shall go away: brush, eraser, lasso, zoom, undo; mouse, finger and keyboard.
// What is painted leaves with the form as a black-and-white PNG; nothing painted means that the engine looks itself.

const LONGEST = 1600;
const PAINT = "rgb(214 51 108)";
const CURSOR = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class MaskPainter extends HTMLElement {
  connectedCallback() {
    this.area = this.querySelector(".stage-area");
    this.window = this.querySelector(".zoom-window");
    this.field = this.querySelector("[name=mask]");
    this.size = this.querySelector("[name=size]");
    this.said = this.querySelector(".said");
    const image = this.area.querySelector("img");
    this.style.setProperty("--ratio", this.dataset.width / this.dataset.height);
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height, Number(this.dataset.width), Number(this.dataset.height)));
    this.canvas = document.createElement("canvas");
    this.canvas.width = Math.round(Number(this.dataset.width) * scale);
    this.canvas.height = Math.round(Number(this.dataset.height) * scale);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.dataset.label);
    this.area.append(this.canvas);
    this.pen = this.canvas.getContext("2d");
    this.cursor = document.createElement("span");
    this.cursor.className = "brush-cursor";
    this.cursor.hidden = true;
    this.area.append(this.cursor);
    this.strokes = [];
    this.undone = [];
    this.fingers = new Map();
    this.tool = "brush";
    this.zoom = 1;
    this.point = [this.canvas.width / 2, this.canvas.height / 2];
    this.querySelector(".paint-tools").hidden = false;
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.moved(event));
    this.canvas.addEventListener("pointerleave", () => { this.cursor.hidden = true; });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, (event) => this.up(event));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.act(event.shiftKey ? "redo" : "undo"); }
    });
    this.addEventListener("click", (event) => {
      const { act, tool } = event.target.closest("button")?.dataset || {};
      if (act) this.act(act);
      if (tool) this.choose(tool);
    });
    this.querySelector("form").addEventListener("submit", () => { this.field.value = this.strokes.length ? this.picture() : ""; });
    this.show();
  }

  // --- painting

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.canvas.width, ((event.clientY - box.top) / box.height) * this.canvas.height];
  }

  // The brush keeps its size on the screen, so that zooming in paints finer.
  width() { return (Number(this.size.value) / 100) * (this.canvas.width / 8) / this.zoom; }

  down(event) {
    if (event.button || this.tool === "hand") return;
    this.canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.fingers.size > 1) { this.pinch(); return; }
    this.begin(this.at(event));
  }

  // A second finger: the first one did not mean to paint. Two move and zoom the picture, or the page below it.
  pinch() {
    if (this.stroke) { this.strokes.pop(); this.undone = this.before; this.stroke = null; this.show(); }
    const [[x0, y0], [x1, y1]] = this.fingers.values();
    const now = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, far: Math.hypot(x1 - x0, y1 - y0) };
    const last = this.pinched;
    this.pinched = now;
    if (!last) return;
    if (now.far > 0 && last.far > 0) this.zoomTo(this.zoom * (now.far / last.far));
    this.window.scrollBy(last.x - now.x, last.y - now.y);
    if (this.zoom === 1) scrollBy(0, last.y - now.y);
  }

  begin(point) {
    this.stroke = { tool: this.tool, width: this.width(), points: [point] };
    this.strokes.push(this.stroke);
    this.before = this.undone;
    this.undone = [];
    this.show();
  }

  moved(event) {
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.fingers.size > 1) { this.pinch(); return; }
    this.point = this.at(event);
    this.place();
    if (!this.stroke) return;
    this.stroke.points.push(this.point);
    this.draw(this.stroke);
  }

  up(event) {
    if (event) this.fingers.delete(event.pointerId);
    this.pinched = null;
    if (!this.stroke) return;
    this.stroke = null;
    this.show();
  }

  show() {
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const stroke of this.strokes) this.draw(stroke);
    this.querySelector("[data-act=undo]").disabled = !this.strokes.length;
    this.querySelector("[data-act=redo]").disabled = !this.undone.length;
    this.querySelector("[data-act=clear]").disabled = !this.strokes.length;
    this.said.textContent = this.strokes.length ? this.dataset.painted : this.dataset.empty;
  }

  draw({ tool, width, points }) {
    const { pen } = this;
    pen.globalCompositeOperation = tool === "eraser" ? "destination-out" : "source-over";
    Object.assign(pen, { fillStyle: PAINT, strokeStyle: PAINT, lineWidth: width, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...points[0]);
    for (const point of points.slice(1)) pen.lineTo(...point);
    if (points.length === 1) pen.lineTo(points[0][0] + 0.01, points[0][1]);
    if (tool === "lasso" && this.stroke?.points === points) { pen.lineWidth = 2 / this.zoom; pen.stroke(); }
    else if (tool === "lasso") pen.fill();
    else pen.stroke();
  }

  // --- by keyboard: arrows move the brush, Space paints where it is

  key(event) {
    const step = CURSOR[event.key];
    if (step) {
      const far = (event.shiftKey ? 0.05 : 0.01) * this.canvas.width;
      this.point = this.point.map((value, axis) => Math.min(Math.max(value + step[axis] * far, 0), axis ? this.canvas.height : this.canvas.width));
    } else if (event.key === " " || event.key === "Enter") {
      const { tool } = this;
      if (tool !== "eraser") this.tool = "brush";
      this.begin(this.point);
      this.up();
      this.tool = tool;
    } else return;
    event.preventDefault();
    this.place();
  }

  place() {
    const shown = this.tool !== "hand";
    this.cursor.hidden = !shown;
    const across = (this.width() / this.canvas.width) * this.canvas.getBoundingClientRect().width;
    Object.assign(this.cursor.style, {
      left: `${(100 * this.point[0]) / this.canvas.width}%`, top: `${(100 * this.point[1]) / this.canvas.height}%`,
      width: `${this.tool === "lasso" ? 8 : across}px`, height: `${this.tool === "lasso" ? 8 : across}px`,
    });
  }

  // --- tools

  choose(tool) {
    this.tool = tool;
    for (const button of this.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    this.canvas.classList.toggle("hand", tool === "hand");
    this.place();
  }

  act(name) {
    if (name === "undo" && this.strokes.length) this.undone.push(this.strokes.pop());
    if (name === "redo" && this.undone.length) this.strokes.push(this.undone.pop());
    if (name === "clear") { this.undone = this.strokes.reverse(); this.strokes = []; }
    if (name === "in" || name === "out") this.zoomTo(name === "in" ? this.zoom * 2 : this.zoom / 2);
    this.show();
  }

  zoomTo(zoom) {
    const { window: view } = this;
    const middle = [(view.scrollLeft + view.clientWidth / 2) / this.zoom, (view.scrollTop + view.clientHeight / 2) / this.zoom];
    if (!this.height) this.height = view.clientHeight;
    this.zoom = Math.min(4, Math.max(1, zoom));
    // The window keeps the size that it had: only the picture in it grows.
    view.style.height = this.zoom > 1 ? `${this.height}px` : "";
    this.area.style.width = `${100 * this.zoom}%`;
    view.scrollTo(middle[0] * this.zoom - view.clientWidth / 2, middle[1] * this.zoom - view.clientHeight / 2);
    this.querySelector("[data-act=in]").disabled = this.zoom >= 4;
    this.querySelector("[data-act=out]").disabled = this.zoom <= 1;
  }

  // White where something was painted, black elsewhere.
  picture() {
    const mask = document.createElement("canvas");
    mask.width = this.canvas.width;
    mask.height = this.canvas.height;
    const pen = mask.getContext("2d");
    pen.drawImage(this.canvas, 0, 0);
    pen.globalCompositeOperation = "source-in";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, mask.width, mask.height);
    pen.globalCompositeOperation = "destination-over";
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, mask.width, mask.height);
    return mask.toDataURL("image/png");
  }
}

customElements.define("mask-painter", MaskPainter);
