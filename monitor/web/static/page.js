// Keys for lists of hits, and moments in the reader's time zone. The page works without this script.
"use strict";
(() => {
  const cards = () => [...document.querySelectorAll("#cards .hit")];
  let at = -1;

  function select(index) {
    const all = cards();
    if (!all.length) return;
    at = Math.max(0, Math.min(index, all.length - 1));
    all.forEach((card, i) => card.classList.toggle("selected", i === at));
    all[at].focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  }

  const selected = () => cards()[at];
  const press = (word) => selected()?.querySelector(`.triage button[value="${word}"]`)?.click();
  const keys = {
    j: () => select(at + 1),
    k: () => select(at - 1),
    Enter: () => selected()?.querySelector("a.open")?.click(),
    o: () => selected()?.querySelector("a.article")?.click(),
    r: () => press("relevant"),
    n: () => press("noise"),
    a: () => press("ack"),
    x: () => selected()?.querySelector("input[type=checkbox]")?.click(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    const onControl = event.key === "Enter" && event.target.closest("a, button, summary");
    if (event.ctrlKey || event.metaKey || event.altKey || typing || onControl || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  function localise(root) {
    for (const tag of root.querySelectorAll("time[datetime]")) {
      const moment = new Date(tag.dateTime);
      if (!Number.isNaN(moment.getTime())) {
        tag.title = `${moment.toLocaleString([], { dateStyle: "medium", timeStyle: "long" })} (${tag.dateTime})`;
      }
    }
  }

  localise(document);
  document.addEventListener("htmx:afterSwap", () => { localise(document); if (at >= 0) select(at); });
})();
