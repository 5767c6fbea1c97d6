// After a decision or an answer the focus is on what is open now: the next key is a key again, and whoever listens
// hears what it is. What was refused leaves the focus where the person can mend it.
(() => {
  "use strict";
  document.addEventListener("htmx:after:swap", (event) => {
    const { target, request, response } = event.detail?.ctx ?? {};
    if (request?.method !== "POST" || !(response?.status < 300) || !target?.matches?.("#open, #case")) return;
    document.querySelector("#thread-open, #case-open")?.focus({ preventScroll: true });
  });
})();
