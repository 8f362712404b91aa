
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
  const leaves = [...document.querySelectorAll(".leaf")];
  const rows = [...document.querySelectorAll("main .row, main .place")];
  const groups = [...document.querySelectorAll(".group")];
  const buttons = [...document.querySelectorAll(".filter button")];
  const rule = document.getElementById("rule");
  document.querySelectorAll(".filter").forEach((one) => { one.hidden = false; });
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\s+/g, " ");
  const texts = new Map(rows.map((row) => [row, fold(row.textContent)]));
  // What is said of a place itself, and not of its neighbours.
  const own = new Map(spots.map((spot) => {
    const said = document.querySelector(`#${CSS.escape(spot.dataset.key)} .own`);
    return [spot, fold(spot.getAttribute("aria-label") + " " + (said ? said.textContent : ""))];
  }));
  // On a small screen one looks for what to open.
  if (matchMedia("(max-width: 40rem)").matches) {
    document.querySelectorAll(".notice details, .group").forEach((one) => { one.open = false; });
  }
  let chosen = null;
  let opener = null;
  let at = 0;

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

  // What is looked at: findings by severity and rule, and everything by what is searched for.
  function filter() {
    const wanted = fold(search.value.trim());
    light();
    let shown = 0;
    for (const row of rows) {
      row.hidden = wanted !== "" && !texts.get(row).includes(wanted);
      shown += row.hidden || row.classList.contains("place") ? 0 : 1;
    }
    for (const notice of document.querySelectorAll("main .notice")) {
      const any = notice.querySelector(".row:not([hidden])") || fold(notice.textContent).includes(wanted);
      notice.hidden = wanted !== "" && !any;
      if (wanted !== "" && any) notice.querySelector("details").open = true;
    }
    for (const leaf of leaves) leaf.classList.toggle("match", wanted !== "" && own.get(byKey.get(leaf.dataset.key)).includes(wanted));
    for (const tree of document.querySelectorAll(".tree")) {
      const any = tree.querySelector(".leaf.match");
      tree.hidden = wanted !== "" && !any;
      if (wanted !== "" && any) tree.open = true;
    }
    const off = new Set(buttons.filter((one) => one.getAttribute("aria-pressed") === "false").map((one) => one.dataset.level));
    for (const group of groups) {
      const any = group.querySelector(".row:not([hidden])");
      const asked = (!rule || rule.value === "" || rule.value === group.dataset.rule) && !off.has(group.dataset.level);
      group.hidden = !asked || !any;
      if (asked && any && (wanted !== "" || (rule && rule.value !== ""))) group.open = true;
    }
    for (const level of document.querySelectorAll(".level")) level.hidden = !level.querySelector(".group:not([hidden])");
    for (const section of document.querySelectorAll("main > section:not(#map):not(#findings)")) {
      section.hidden = wanted !== "" && !section.querySelector(".row:not([hidden]), .place:not([hidden]), .notice:not([hidden])");
      const folded = section.querySelector(":scope > details");
      if (folded && section.id === "obstacles" && wanted !== "") folded.open = !section.hidden;
    }
    const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;
    const places = spots.filter((spot) => spot.classList.contains("match")).length;
    found.textContent = wanted === "" ? "" : `${many(places, "place", "places")}, ${many(shown, "line", "lines")}`;
  }

  // Everything that fits what is searched for and can be seen, from the top of the page.
  function matches() {
    const drawn = (one) => one.checkVisibility();
    const seen = [...spots, ...leaves].filter((one) => one.classList.contains("match")).filter(drawn);
    return [...seen, ...rows.filter((row) => !row.hidden && drawn(row))];
  }

  function go(step) {
    document.querySelectorAll(".current").forEach((one) => one.classList.remove("current"));
    const all = search.value.trim() === "" ? [] : matches();
    if (!all.length) return;
    at = (at + step + all.length) % all.length;
    all[at].classList.add("current");
    all[at].scrollIntoView({ block: "center", inline: "center" });
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

  function open(spot, from) {
    chosen = spot;
    opener = from || null;
    rove(spot);
    const said = document.getElementById(spot.dataset.key).cloneNode(true);
    said.removeAttribute("id");
    said.hidden = false;
    said.querySelectorAll("[hidden]").forEach((one) => { one.hidden = false; });
    said.querySelectorAll("details").forEach((one) => { one.open = true; });
    said.querySelectorAll("summary").forEach((one) => one.setAttribute("tabindex", "-1"));
    // What to do stands once in the page; here it is wanted beside what is in the way.
    const told = new Set();
    for (const link of said.querySelectorAll(".met")) {
      const remedy = document.getElementById(link.hash.slice(1))?.querySelector(".remedy");
      if (remedy && !told.has(link.hash)) link.closest("p").after(remedy.cloneNode(true));
      told.add(link.hash);
    }
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
    if (opener && opener.isConnected && opener.getClientRects().length) opener.focus({ preventScroll: true });
    else focus(spot);
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
      if (!link.closest("#panel")) spot.scrollIntoView({ block: "nearest", inline: "center" });
      open(spot, link.closest(".leaf") || (link.closest("#panel") ? opener : null));
    } else if (link && link.classList.contains("met")) {
      document.getElementById("obstacles").querySelector("details").open = true;
      if (!panel.hidden) close();
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
      else if (search.value) { search.value = ""; filter(); go(0); }
    }
  });
  search.addEventListener("input", () => { filter(); at = 0; go(0); });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); go(event.shiftKey ? -1 : 1); }
  });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") === "false"));
      filter();
    });
  }
  if (rule) rule.addEventListener("change", filter);
  addEventListener("beforeprint", () => document.querySelectorAll("main .notice details, .group, #obstacles > details").forEach((one) => { one.open = true; }));
})();
