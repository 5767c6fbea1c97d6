// A conversation opens at the message it is about, and so does another part of it; a doorbell moves nothing.
(() => {
  "use strict";
  const show = () => {
    const messages = document.getElementById("messages");
    if (messages) document.getElementById(messages.dataset.at)?.scrollIntoView({ block: "center" });
  };
  if (!location.hash) show();
  document.addEventListener("htmx:after:swap", (event) => {
    const { target, sourceEvent } = event.detail?.ctx ?? {};
    if (target?.matches?.("#open, #messages") && !sourceEvent?.type?.startsWith("doorbell-")) show();
  });
})();
