
"use strict";
// Search, keys and the panel. Texts are compared and nodes are cloned; no text is ever made into markup.
(() => {
  const picture = document.getElementById("picture");
  const [search, found, panel, details] = ["search", "found", "panel", "details"].map((id) => document.getElementById(id));
  search.parentElement.hidden = false;
  document.querySelectorAll(".keys").forEach((one) => { one.hidden = false; });
  const spots = picture ? [...picture.querySelectorAll(".spot")] : [];
  const steps = picture ? [...picture.querySelectorAll(".step")] : [];
  const byKey = new Map(spots.map((spot) => [spot.dataset.key, spot]));
  const rows = [...document.querySelectorAll("main .row, main .place")];
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\s+/g, " ");
  const texts = new Map(rows.map((row) => [row, fold(row.textContent)]));
  // What is said of a place itself, and not of its neighbours.
  const own = new Map(spots.map((spot) => {
    const said = document.querySelector(`#${CSS.escape(spot.dataset.key)} .own`);
    return [spot, fold(spot.getAttribute("aria-label") + " " + (said ? said.textContent : ""))];
  }));
  let chosen = null;

  // Every place from which these are reached, or that is reached from them.
  function connected(keys) {
    const all = new Set(keys);
    for (const [from, to] of [["from", "to"], ["to", "from"]]) {
      const open = [...keys];
      const seen = new Set(keys);
      while (open.length) {
        const key = open.pop();
        for (const step of steps) {
          const next = step.dataset[to];
          if (step.dataset[from] === key && !seen.has(next)) {
            seen.add(next); all.add(next); open.push(next);
          }
        }
      }
    }
    return all;
  }

  function light() {
    if (!picture) return;
    const wanted = fold(search.value.trim());
    let keys = null;
    let category = null;
    if (chosen && chosen.dataset.column === "0") category = chosen.dataset.c;
    const matches = wanted ? spots.filter((spot) => own.get(spot).includes(wanted)) : [];
    if (chosen) keys = connected([chosen.dataset.key]);
    else if (wanted) keys = connected(matches.map((spot) => spot.dataset.key));
    picture.classList.toggle("filtered", keys !== null);
    const has = (one) => category === null || one.dataset.c.split(" ").includes(category);
    for (const spot of spots) {
      spot.classList.toggle("lit", keys !== null && keys.has(spot.dataset.key) && has(spot));
      spot.classList.toggle("match", matches.includes(spot));
      spot.classList.toggle("chosen", spot === chosen);
    }
    for (const step of steps) {
      const { from, to } = step.dataset;
      step.classList.toggle("lit", keys !== null && keys.has(from) && keys.has(to) && has(step));
    }
    return matches.length;
  }

  function filter() {
    const wanted = fold(search.value.trim());
    const places = light();
    let shown = 0;
    for (const row of rows) {
      row.hidden = wanted !== "" && !texts.get(row).includes(wanted);
      shown += row.hidden || row.classList.contains("place") ? 0 : 1;
    }
    for (const notice of document.querySelectorAll("main .notice")) {
      const any = notice.querySelector(".row:not([hidden])") || fold(notice.textContent).includes(wanted);
      notice.hidden = wanted !== "" && !any;
      const folded = notice.querySelector("details");
      if (wanted !== "" && any) folded.open = true;
    }
    for (const section of document.querySelectorAll("main > section:not(#map)")) {
      section.hidden = wanted !== "" && !section.querySelector(".row:not([hidden]), .place:not([hidden]), .notice:not([hidden])");
    }
    const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;
    found.textContent = wanted === "" ? "" : `${many(places || 0, "place", "places")}, ${many(shown, "line", "lines")}`;
  }

  function rove(spot) {
    for (const one of spots) one.setAttribute("tabindex", one === spot ? "0" : "-1");
  }

  function focus(spot) {
    if (!spot) return;
    rove(spot);
    spot.focus({ preventScroll: true });
    spot.scrollIntoView({ block: "nearest", inline: "center" });
  }

  function open(spot) {
    chosen = spot;
    rove(spot);
    const said = document.getElementById(spot.dataset.key).cloneNode(true);
    said.removeAttribute("id");
    said.hidden = false;
    said.querySelectorAll("[hidden]").forEach((one) => { one.hidden = false; });
    said.querySelectorAll("details").forEach((one) => { one.open = true; });
    said.querySelectorAll("summary").forEach((one) => one.setAttribute("tabindex", "-1"));
    details.replaceChildren(said);
    panel.hidden = false;
    panel.scrollTop = 0;
    light();
    panel.focus({ preventScroll: true });
  }

  function close() {
    const spot = chosen;
    chosen = null;
    panel.hidden = true;
    details.replaceChildren();
    light();
    focus(spot);
  }

  // The nearest in the direction: along a step to the side, within the column up and down.
  function next(spot, key) {
    const middle = (one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; };
    const near = (list) => list.sort((a, b) => Math.abs(middle(a) - middle(spot)) - Math.abs(middle(b) - middle(spot)))[0];
    const column = Number(spot.dataset.column);
    if (key === "ArrowRight" || key === "ArrowLeft") {
      const [from, to] = key === "ArrowRight" ? ["from", "to"] : ["to", "from"];
      const linked = steps.filter((step) => step.dataset[from] === spot.dataset.key).map((step) => byKey.get(step.dataset[to]));
      return near(linked.filter(Boolean));
    }
    const below = key === "ArrowDown";
    return near(spots.filter((one) => Number(one.dataset.column) === column && one !== spot
      && (below ? middle(one) > middle(spot) : middle(one) < middle(spot))));
  }

  if (spots.length) {
    const first = spots.filter((spot) => spot.dataset.column === "0")
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0];
    rove(first || spots[0]);
    picture.addEventListener("keydown", (event) => {
      const spot = event.target.closest(".spot");
      if (!spot) return;
      if (event.key.startsWith("Arrow")) {
        event.preventDefault();
        focus(next(spot, event.key));
      } else if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        open(spot);
      }
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const spot = link && byKey.get(link.getAttribute("href").slice(1));
    if (spot) {
      event.preventDefault();
      spot.scrollIntoView({ block: "nearest", inline: "center" });
      open(spot);
    } else if (!panel.hidden && event.target.closest(".frame")) {
      close();
    }
  });
  document.getElementById("close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target !== search && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape") {
      if (!panel.hidden) close();
      else if (search.value) { search.value = ""; filter(); }
    }
  });
  search.addEventListener("input", filter);
  addEventListener("beforeprint", () => document.querySelectorAll("main .notice details").forEach((one) => { one.open = true; }));
})();
