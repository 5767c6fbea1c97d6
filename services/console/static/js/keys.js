// Keyboard: whatever carries data-key can be pressed by that key. Letters match event.key, digits event.code (AZERTY).
// "J", "1", "?", "Esc", "Ctrl Enter" (works in fields too), "G I" (two keys after one another), "Shift H".
(() => {
  "use strict";
  const OFF = "parvis.keys.off";
  let leader = "";
  let leaderTimer = 0;

  const inField = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  const isThere = (element) => isShown(element) || element.closest("[popover]") !== null; // a closed menu's keys work too

  function nameOf(event) {
    if (event.key === "Escape") return "Esc";
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    const plain = digit && !event.ctrlKey ? digit[1] : event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
    if (event.altKey) parts.push("Alt");
    if (event.shiftKey && (plain.length > 1 || /[A-Z]/.test(plain))) parts.push("Shift");
    return [...parts, plain].join(" ");
  }

  function holders(key) {
    const scope = document.querySelector("dialog[open]") ?? document;
    return [...scope.querySelectorAll("[data-key]")].filter(
      (element) => element.dataset.key.split(",").includes(key) && !element.disabled && isThere(element),
    );
  }

  function press(element) {
    if (element.matches("input[type=checkbox], input[type=radio]")) element.click();
    else if (element.matches("input, textarea, select")) {
      element.focus();
      element.select?.();
    } else if (element.matches("form")) element.requestSubmit();
    else if (element.matches("details")) element.open = !element.open;
    else {
      if (element.popoverTargetElement) element.focus(); // Tab goes on into what it opens
      element.click();
      document.querySelector("dialog[open] [data-finds]")?.focus(); // who came by a key goes on by keys
    }
  }

  function step(direction) {
    const list = document.querySelector("[data-list]");
    if (!list) return false;
    const rows = [...list.querySelectorAll("a[data-row]")].filter(isShown);
    if (!rows.length) return false;
    const isOpen = document.querySelector(".chosen") !== null;
    const at = rows.findIndex((row) => row.matches("[aria-current]"));
    if (!isOpen) return void rows[Math.max(at, 0)].click() || true;
    const next = rows[Math.min(Math.max(at + direction, 0), rows.length - 1)];
    if (rows.indexOf(next) === at) return true;
    next.scrollIntoView({ block: "nearest" });
    next.click();
    return true;
  }

  function wordsOf(element) {
    const copy = element.cloneNode(true);
    for (const aside of copy.querySelectorAll(".kbd, .cnt, small")) aside.remove();
    return copy.textContent;
  }
  function showKeys() {
    const dialog = document.querySelector("#all-keys");
    if (!dialog) return;
    const list = dialog.querySelector("[data-keys-here]");
    const seen = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (!isThere(element) || element.closest("dialog")) continue;
      const what = element.dataset.keyLabel || element.getAttribute("aria-label") || wordsOf(element);
      if (!seen.has(element.dataset.key)) seen.set(element.dataset.key, what.trim().replace(/\s+/g, " "));
    }
    list.replaceChildren(...[...seen].flatMap(([key, what]) => {
      const term = document.createElement("dt");
      for (const name of key.split(",")[0].split(" ")) {
        const cap = document.createElement("kbd");
        cap.className = "kbd";
        cap.textContent = name === "Enter" ? "↵" : name;
        term.append(cap, " ");
      }
      const meaning = document.createElement("dd");
      meaning.textContent = what;
      return [term, meaning];
    }));
    dialog.querySelector("[data-keys-off]").checked = localStorage.getItem(OFF) === "1";
    dialog.showModal();
  }

  function onKey(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const name = nameOf(event);
    const isCombination = /^(Ctrl|Alt) /.test(name);
    if (inField(event.target) && !isCombination && name !== "Esc") return;
    if (!isCombination && name !== "Esc" && localStorage.getItem(OFF) === "1") return;
    if (name === "Esc" && document.querySelector(":popover-open")) return; // the browser closes it
    if (name === "Esc" && inField(event.target)) return void event.target.blur();
    const wanted = leader ? `${leader} ${name}` : name;
    const found = holders(wanted)[0];
    leader = "";
    if (found) {
      event.preventDefault();
      press(found);
    } else if (name === "?" && !isCombination) {
      event.preventDefault();
      showKeys();
    } else if ((name === "J" || name === "K") && step(name === "J" ? 1 : -1)) event.preventDefault();
    else if (document.querySelector(`[data-key^="${CSS.escape(name)} "]`)) {
      leader = name;
      clearTimeout(leaderTimer);
      leaderTimer = setTimeout(() => { leader = ""; }, 1200);
    }
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]")) showKeys();
    const toggle = event.target.closest("[data-toggles]");
    if (toggle) document.getElementById(toggle.dataset.toggles)?.classList.toggle("drawn");
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]") || event.target.matches("dialog")) event.target.closest("dialog")?.close();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-off]")) localStorage.setItem(OFF, event.target.checked ? "1" : "0");
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  // A row shows that it was chosen at the press of the key, not when the answer comes.
  document.addEventListener("htmx:before:request", (event) => {
    const row = event.target.closest?.("a[data-row]");
    if (!row) return;
    for (const other of row.closest("[data-list]").querySelectorAll("a[data-row][aria-current]")) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.classList.remove("unread");
  });
  // A row that changed comes anew and does not know that its conversation is open.
  document.addEventListener("htmx:after:swap", () => {
    const row = document.getElementById(document.querySelector("[data-open]")?.dataset.open ?? "");
    if (row && !row.closest("[data-list]")?.querySelector("a[data-row][aria-current]")) row.setAttribute("aria-current", "true");
  });
})();
