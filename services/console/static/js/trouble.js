// What a person asked for and did not get is said, and what stands on the page stays: an error's page is no part of it.
(() => {
  "use strict";
  const slot = document.getElementById("trouble");
  if (!slot) return;
  const isAsked = (ctx) => ["click", "submit", "change"].includes(ctx?.sourceEvent?.type);
  const pageOf = (text) => new DOMParser().parseFromString(text ?? "", "text/html").querySelector("main.trouble");

  function say(words) {
    const note = document.createElement("div");
    note.className = "note note-bad";
    note.textContent = words;
    slot.replaceChildren(note);
  }

  document.addEventListener("htmx:after:request", (event) => {
    const { response, text } = event.detail.ctx;
    const page = response.status >= 400 ? pageOf(text) : null;
    if (page) event.preventDefault();
    if (!isAsked(event.detail.ctx)) return;
    if (page) say(`${page.querySelector("h1").textContent}. ${page.querySelector("p").textContent}`);
    else if (response.status >= 500) say(slot.dataset.away);
    else slot.replaceChildren();
  });
  document.addEventListener("htmx:error", (event) => {
    if (isAsked(event.detail.ctx)) say(slot.dataset.away);
  });
})();
