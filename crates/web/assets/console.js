// Comfort only: everything works without this file. Tables that can be sorted and filtered, the
// answer of a form brought into view, a form sent once.
"use strict";

const number = (text) => {
  const digits = text.replace(/[^0-9.\-]/g, "");
  return digits === "" ? NaN : Number(digits);
};

function sortable(table) {
  const body = table.tBodies[0];
  for (const head of table.tHead.rows[0].cells) {
    if (!head.textContent.trim()) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const at = head.cellIndex;
      const key = (row) => row.cells[at].textContent.trim();
      const asNumber = head.classList.contains("num");
      const rows = [...body.rows].sort((a, b) =>
        asNumber ? number(key(a)) - number(key(b)) : key(a).localeCompare(key(b), document.documentElement.lang, { numeric: true }));
      if (down) rows.reverse();
      body.append(...rows);
    });
  }
}

function filtered(table) {
  if (table.tBodies[0].rows.length < 8) return;
  const zh = document.documentElement.lang.startsWith("zh");
  const label = document.createElement("label");
  label.textContent = zh ? "筛选 " : "Filter ";
  const input = document.createElement("input");
  input.type = "search";
  label.append(input);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const bar = document.createElement("p");
  bar.className = "inline";
  bar.append(label, said);
  table.parentElement.before(bar);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let seen = 0;
    for (const row of table.tBodies[0].rows) {
      const hit = row.textContent.toLowerCase().includes(wanted);
      row.classList.toggle("hidden", !hit);
      seen += hit ? 1 : 0;
    }
    said.textContent = wanted ? String(seen) : "";
  });
}

document.querySelectorAll("table.sortable").forEach(sortable);
document.querySelectorAll("table.filtered").forEach(filtered);
const answer = document.querySelector("[role=alert], .answer");
if (answer) {
  answer.scrollIntoView({ block: "start" });
  answer.focus({ preventScroll: true });
}
// A part of a page that changes while something goes on: read again until it stands still.
async function follow() {
  const part = document.querySelector("[data-live]");
  if (!part) return;
  const answer = await fetch(part.dataset.live).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page && page.getElementById(part.id);
  if (next && !("live" in next.dataset)) return location.replace(part.dataset.live);
  if (next) part.replaceWith(next);
  later();
}
const later = () => {
  const part = document.querySelector("[data-live]");
  if (part) setTimeout(follow, Number(part.dataset.every) * 1000);
};
later();
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
