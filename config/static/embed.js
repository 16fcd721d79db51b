// For other websites: <script src=".../embed.js" data-home="ADDRESS" async></script> puts a before-and-after in its place.

(() => {
  const script = document.currentScript;
  const frame = document.createElement("iframe");
  Object.assign(frame, { src: script.dataset.home, title: script.dataset.title || "Before and after", loading: "lazy" });
  frame.style.cssText = "display:block;width:100%;border:0;aspect-ratio:4/3";
  script.replaceWith(frame);
  addEventListener("message", (event) => {
    const height = Number(event.data?.openhouseHeight);
    if (event.source !== frame.contentWindow || !(height > 0)) return;
    frame.style.aspectRatio = "auto";
    frame.style.height = `${height}px`;
  });
})();
