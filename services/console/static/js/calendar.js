// The calendar: a post is dragged to a slot, or picked up with M, moved by arrows, dropped with Enter, left with Escape.
// The server says what became of it. Nothing is swapped while a post is in the hand.
(() => {
  "use strict";
  let hand = null; // {chip, cell}: what is being moved, and where it would land
  let last = null; // the chip that had the focus last
  let landed = ""; // the id of the chip that was dropped by keys: the focus returns to it
  let missed = false; // a doorbell rang meanwhile

  const calendar = () => document.getElementById("calendar");
  const say = (text) => { const place = calendar()?.querySelector("[data-says]"); if (place) place.textContent = text; };
  const isFree = (cell) => !cell.matches(".past, .skip");
  const cells = () => [...calendar().querySelectorAll("[data-at]")];

  function time(chip, cell) {
    const at = cell.dataset.at;
    const clock = chip.dataset.clock;
    return at.includes("T") ? `${at}:${clock.slice(3) || "00"}` : `${at}T${clock || "09:00"}`;
  }
  const words = (chip, cell) => `${cell.closest("[data-words]").dataset.words} ${time(chip, cell).slice(11)}`;

  function aim(cell) {
    if (hand.cell === cell) return;
    hand.cell?.classList.remove("drop");
    hand.cell = cell;
    if (!cell) return;
    cell.dataset.drop = words(hand.chip, cell);
    cell.classList.add("drop");
  }
  function lift(chip) {
    hand = { chip, cell: null };
    chip.classList.add("p-lift");
  }
  function leave() {
    if (!hand) return;
    aim(null);
    hand.chip.classList.remove("p-lift");
    hand = null;
    if (missed) document.body.dispatchEvent(new CustomEvent("doorbell-posts"));
    missed = false;
  }
  function drop() {
    const { chip, cell } = hand;
    const form = document.getElementById("move");
    const values = { brand: chip.dataset.brand, post: chip.id.slice(2), seq: chip.dataset.seq, to: time(chip, cell) };
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    hand = null;
    missed = false;
    form.requestSubmit();
  }

  function pickUp() {
    const chip = document.activeElement?.matches?.("[data-chip]") ? document.activeElement : last;
    if (hand || !calendar()) return;
    if (!chip?.isConnected) return say(calendar().dataset.none);
    if (!chip.matches("[data-movable]")) return say(calendar().dataset.fixed);
    lift(chip);
    chip.focus();
    const from = chip.closest("[data-at]") ?? calendar().querySelector(".today [data-at]:not(.past), [data-at].today, [data-at]:not(.past)");
    if (from) aim(from);
    say(calendar().dataset.picked.replace("{what}", chip.querySelector(".p-x b").textContent));
  }
  function steer(step) {
    const all = cells();
    let at = all.indexOf(hand.cell) + step;
    while (all[at] && !isFree(all[at])) at += step;
    if (!all[at]) return say(calendar().dataset.edge);
    aim(all[at]);
    all[at].scrollIntoView({ block: "nearest" });
    say(words(hand.chip, all[at]));
  }
  const stepOf = (key) => {
    const across = Number(calendar().dataset.across);
    const down = Number(calendar().dataset.down);
    return { ArrowLeft: -across, ArrowRight: across, ArrowUp: -down, ArrowDown: down }[key];
  };
  function walk(key) {
    const chips = [...calendar().querySelectorAll("[data-chip]")];
    const here = document.activeElement;
    const at = chips.indexOf(here);
    if (at < 0) return key === "ArrowRight" && document.activeElement === document.body ? chips[0] : null;
    const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    if (key === "ArrowUp" || key === "ArrowDown") return chips[at + step];
    const day = here.closest(".cal-day");
    for (let n = at + step; chips[n]; n += step) if (chips[n].closest(".cal-day") !== day) return chips[n];
    return null;
  }

  document.addEventListener("keydown", (event) => {
    if (!calendar() || document.querySelector("dialog[open]") || event.ctrlKey || event.altKey || event.metaKey) return;
    const isArrow = event.key.startsWith("Arrow");
    if (!hand) {
      const next = isArrow ? walk(event.key) : null;
      if (!next) return;
      event.preventDefault();
      return void next.focus();
    }
    event.preventDefault();
    if (isArrow) steer(stepOf(event.key));
    else if (event.key === "Escape") {
      leave();
      say(calendar().dataset.left);
    } else if (event.key === "Enter" && hand.cell && isFree(hand.cell)) {
      landed = hand.chip.id;
      drop();
    }
  }, true);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-picks-up]")) pickUp(); });
  document.addEventListener("focusin", (event) => { if (event.target.matches?.("[data-chip]")) last = event.target; });

  document.addEventListener("dragstart", (event) => {
    const chip = event.target.closest?.("[data-movable]");
    if (!chip) return;
    leave();
    lift(chip);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", chip.title);
  });
  document.addEventListener("dragover", (event) => {
    if (!hand) return;
    const cell = event.target.closest?.("[data-at]");
    aim(cell && isFree(cell) ? cell : null);
    if (hand.cell) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!hand?.cell) return;
    event.preventDefault();
    drop();
  });
  document.addEventListener("dragend", leave);

  document.addEventListener("htmx:before:swap", (event) => {
    if (!hand || event.detail?.ctx?.target !== calendar()) return;
    missed = true;
    event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!calendar()) return;
    for (const cell of calendar().querySelectorAll(".drop")) cell.classList.remove("drop");
    for (const chip of calendar().querySelectorAll(".p-lift")) if (chip !== hand?.chip) chip.classList.remove("p-lift");
    if (landed) document.getElementById(landed)?.focus();
    landed = "";
  });
})();
