// Counters that follow every key press; the owning service's codes have the last word when the text rests.
(() => {
  "use strict";
  const cutter = window.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
  const graphemes = (text) => (cutter ? [...cutter.segment(text)].length : [...text].length);

  function count(field) {
    const counter = document.getElementById(field.dataset.counter);
    if (!counter) return;
    const limit = Number(counter.dataset.limit);
    const used = graphemes(field.value);
    const format = new Intl.NumberFormat(document.documentElement.lang);
    if (!used && !limit) return void (counter.textContent = "");
    counter.textContent = limit ? `${format.format(used)} / ${format.format(limit)}` : format.format(used);
    counter.classList.toggle("t-bad", limit > 0 && used > limit);
    counter.classList.toggle("t-warn", limit > 0 && used <= limit && used > limit * 0.9);
  }
  const countAll = () => { for (const field of document.querySelectorAll("[data-counter]")) count(field); };

  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-counter]")) count(event.target); });
  document.addEventListener("click", (event) => {
    const suggestion = event.target.closest("[data-suggests]");
    if (!suggestion) return;
    const field = document.getElementById(suggestion.dataset.suggests);
    field.value = suggestion.dataset.text;
    for (const other of suggestion.parentElement.children) other.setAttribute("aria-pressed", String(other === suggestion));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  document.addEventListener("htmx:after:swap", countAll);
  countAll();
})();
