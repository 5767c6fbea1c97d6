// The undo window is the server's; this only draws how much of it is left, and takes the bar away after it.
(() => {
  "use strict";
  function draw(bar) {
    const ends = performance.now() + Number(bar.dataset.undoSeconds) * 1000;
    const whole = Number(bar.dataset.undoWhole || bar.dataset.undoSeconds) * 1000;
    const number = bar.querySelector("[data-undo-left]");
    const track = bar.querySelector("progress");
    const tick = () => {
      if (!bar.isConnected) return;
      const left = Math.max(0, ends - performance.now());
      if (number) number.textContent = String(Math.ceil(left / 1000));
      if (track) track.value = left / whole;
      if (left > 0) setTimeout(tick, 100);
      else if (bar.matches("[data-undo-fades]")) bar.remove();
      else bar.dispatchEvent(new CustomEvent("undo-over", { bubbles: true }));
    };
    tick();
  }
  function drawAll(root) {
    for (const bar of root.querySelectorAll?.("[data-undo-seconds]") ?? []) {
      if (bar.dataset.undoDrawn) continue;
      bar.dataset.undoDrawn = "1";
      draw(bar);
    }
  }
  drawAll(document);
  document.addEventListener("htmx:after:swap", () => drawAll(document));
})();
