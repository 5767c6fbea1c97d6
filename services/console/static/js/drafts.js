// What is typed is kept on this computer until the server took it: a lost link or an ended session loses no text.
(() => {
  "use strict";
  const keyOf = (field) => `parvis.draft.${field.dataset.draft}`;

  function restore(root) {
    for (const field of root.querySelectorAll("textarea[data-draft]")) {
      if (field.dataset.draftRead) continue;
      field.dataset.draftRead = "1";
      const kept = localStorage.getItem(keyOf(field));
      if (kept && !field.value) {
        field.value = kept;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("textarea[data-draft]")) return;
    if (field.value) localStorage.setItem(keyOf(field), field.value);
    else localStorage.removeItem(keyOf(field));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("form");
    const status = event.detail?.ctx?.response?.status ?? 0;
    if (!form || status < 200 || status >= 300 || !form.querySelector("[data-draft]")) return;
    if (event.detail.ctx.response.headers.get("X-Draft-Kept")) return;
    for (const field of form.querySelectorAll("textarea[data-draft]")) localStorage.removeItem(keyOf(field));
  });
  restore(document);
  document.addEventListener("htmx:after:swap", () => restore(document));
})();
