// Among a hundred brands: B, some letters of its name (accents or none), Enter.
(() => {
  "use strict";
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const rowsOf = (field) => [...document.getElementById(field.dataset.finds).children];

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-finds]")) return;
    const wanted = plain(event.target.value.trim());
    for (const row of rowsOf(event.target)) row.hidden = !plain(row.querySelector("b").textContent).includes(wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("[data-finds]")) return;
    event.preventDefault();
    rowsOf(event.target).find((row) => !row.hidden)?.querySelector("a").click();
  });
})();
