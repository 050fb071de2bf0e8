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

  // the time in the reader's zone; a time that is written in full is rewritten, the tooltip always has both
  function localise(root) {
    for (const tag of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const moment = new Date(tag.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      tag.dataset.local = "";
      if (tag.classList.contains("exact")) {
        tag.textContent = moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      }
      tag.title = `${moment.toLocaleString([], { dateStyle: "medium", timeStyle: "long" })} (${tag.dateTime})`;
    }
  }

  function offerSelectAll() {
    document.getElementById("select-all")?.removeAttribute("hidden");
  }

  document.addEventListener("click", (event) => {
    if (event.target.id !== "select-all") return;
    const boxes = [...document.querySelectorAll("#cards input[name=id]")];
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
  });

  function say(text) {
    const line = document.createElement("p");
    line.className = "problem";
    line.textContent = text;
    document.getElementById("message").replaceChildren(line);
  }

  let held = null; // the card that has the focus while it is replaced

  localise(document);
  offerSelectAll();
  document.addEventListener("htmx:beforeRequest", () => { held = document.activeElement?.closest(".hit")?.id; });
  document.addEventListener("htmx:afterSwap", () => {
    localise(document);
    offerSelectAll();
    const place = cards().findIndex((card) => card.id === held);
    if (place >= 0) select(place);
    else if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
    held = null;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    say(answer.querySelector("main p")?.textContent || "The monitor refused this; reload the page.");
  });
  document.addEventListener("htmx:sendError", () => say("The monitor does not answer; nothing was changed."));
})();
