"use strict";
const words = document.getElementById("words");
const count = document.getElementById("count");
const articles = [...document.querySelectorAll("article")];
document.getElementById("search").hidden = false;
for (const a of articles) a.words = a.textContent.toLowerCase();

// Shows the routes that hold every word, and the groups that still have some.
function search() {
  const all = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const a of articles) {
    a.hidden = !all.every((w) => a.words.includes(w));
    document.querySelector(`[data-for="${a.id}"]`).hidden = a.hidden;
    if (!a.hidden) shown++;
  }
  for (const g of document.querySelectorAll("nav details")) {
    g.hidden = !g.querySelector("li:not([hidden])");
    document.getElementById(g.dataset.group).hidden = g.hidden;
    if (all.length > 0) g.open = true;
  }
  document.getElementById("intro").hidden = all.length > 0;
  count.textContent = all.length > 0 ? `${shown} of ${articles.length} routes` : "";
}
words.addEventListener("input", search);
document.addEventListener("keydown", (e) => {
  if (e.key === "/" && document.activeElement !== words && !e.ctrlKey && !e.metaKey) {
    e.preventDefault();
    words.focus();
  } else if (e.key === "Escape" && document.activeElement === words) {
    words.value = "";
    search();
  }
});

// Opens the group of what the address names.
function openGroup() {
  const entry = document.querySelector(`[data-for="${CSS.escape(location.hash.slice(1))}"]`);
  if (entry) entry.closest("details").open = true;
}
addEventListener("hashchange", openGroup);
openGroup();
