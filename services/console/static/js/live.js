// Live: one stream a tab, doorbells only. A doorbell becomes an event on the body that page parts listen to with
// hx-trigger. The stream begins with what changed since the page was made; each reconnection rings all of them.
(() => {
  "use strict";
  const dot = document.querySelector("[data-live]");
  if (!dot || !window.EventSource) return;
  const LOST_AFTER = 20_000;
  let lostTimer = 0;

  const ring = (what) => document.body.dispatchEvent(new CustomEvent(`doorbell-${what}`));

  function show(isLive) {
    clearTimeout(lostTimer);
    if (isLive) {
      dot.classList.remove("live-off");
      dot.textContent = dot.dataset.live;
      return;
    }
    const since = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    lostTimer = setTimeout(() => {
      dot.classList.add("live-off");
      dot.textContent = dot.dataset.lost.replace("{time}", since);
    }, LOST_AFTER);
  }

  const stream = new EventSource(dot.dataset.stream);
  let opened = 0;
  stream.addEventListener("open", () => {
    show(true);
    if (opened++) for (const what of dot.dataset.topics.split(" ")) ring(what);
  });
  stream.addEventListener("error", () => show(false));
  stream.addEventListener("doorbell", (event) => { for (const what of event.data.split(" ")) ring(what); });
  addEventListener("pagehide", () => stream.close());

  // Nothing that is being read or typed in is replaced under the person: such an answer waits for a press of ".".
  document.addEventListener("htmx:before:swap", (event) => {
    const target = event.detail?.ctx?.target;
    const isLive = event.detail?.ctx?.sourceEvent?.type?.startsWith("doorbell-");
    if (target?.matches?.("[data-morphs]")) return; // it changes in place, and keeps the focus where it is
    if (isLive && target?.contains?.(document.activeElement) && document.activeElement !== document.body) event.preventDefault();
  });
})();
