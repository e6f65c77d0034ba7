"use strict";
const facts = JSON.parse(document.getElementById("facts").textContent);
const $ = (id) => document.getElementById(id);
const make = (tag, cls, text) => {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  return node;
};
const DOUBT = { not_found: 0, ambiguous: 1, fuzzy: 2, not_sought: 3, null: 4, normalized: 5, exact: 6 };
const KIND = { not_found: "bad", ambiguous: "doubt", fuzzy: "doubt" };
// by document: path -> {action, value}
const decisions = facts.map(() => new Map());
let at = 0;      // the document
let order = [];  // its leaves, as they are listed
let here = 0;    // the leaf, by its place in the order
let other = -1;  // which of its other places is shown; -1 is its own

function keysOf(path) {
  const keys = [];
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/g;
  for (let found; (found = step.exec(path)); )
    keys.push(found[2] !== undefined ? Number(found[2]) : found[1] ?? found[3].replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c)));
  return keys;
}

function corrected(doc, index) {
  let value = structuredClone(doc.value);
  for (const [path, { action, value: right }] of decisions[index]) {
    if (action === "accepted") continue;
    const keys = keysOf(path), last = keys.pop();
    if (last === undefined) { value = right; continue; }
    let inner = value;
    for (const key of keys) inner = inner?.[key];
    if (inner) inner[last] = right;
  }
  return value;
}

function lines() {
  return facts.flatMap((doc, index) => {
    if (!decisions[index].size) return [];
    const reviewed = Object.fromEntries([...decisions[index]].map(([path, d]) => [path, d.action]));
    return JSON.stringify({ document: doc.name, value: corrected(doc, index), reviewed });
  });
}

function save() {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([lines().join("\n") + "\n"], { type: "application/jsonl" }));
  link.download = "corrections.jsonl";
  link.click();
}

// The pages of one document are drawn when they come into view.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) { draw(entry.target); seen.unobserve(entry.target); }
}, { root: $("pages"), rootMargin: "800px" });

function draw(node) {
  if (node.dataset.drawn) return;
  node.dataset.drawn = "1";
  const page = facts[at].pages[node.dataset.at], number = Number(node.dataset.at);
  const spans = [];
  order.forEach((leaf, index) => leaf.spans.forEach((span) => span.page === number && spans.push({ index, ...span })));
  if (page.picture) {
    const image = make("img");
    image.src = page.picture;
    node.append(image);
    for (const span of spans) for (const box of span.boxes) node.append(boxed(box, span.index));
    if (!spans.some((span) => !span.boxes.length)) return;
  }
  if (page.text || !page.picture) node.append(marked(page.text, spans));
}

function boxed([x0, y0, x1, y1], index) {
  const node = make("div", "box");
  node.dataset.leaf = index;
  Object.assign(node.style, { left: 100 * x0 + "%", top: 100 * y0 + "%", width: 100 * (x1 - x0) + "%", height: 100 * (y1 - y0) + "%" });
  return node;
}

// Python counts characters, JavaScript counts UTF-16 units.
function marked(text, spans) {
  const node = make("pre"), marks = [...text];
  let from = 0;
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    if (span.start < from) continue;
    node.append(marks.slice(from, span.start).join(""));
    const mark = make("mark", "", marks.slice(span.start, span.end).join(""));
    mark.dataset.leaf = span.index;
    node.append(mark);
    from = span.end;
  }
  node.append(marks.slice(from).join(""));
  return node;
}

function open(index) {
  at = index; here = 0; other = -1;
  const doc = facts[at];
  order = doc.leaves.map((leaf, place) => ({ ...leaf, place }));
  if ($("doubt").checked) order.sort((a, b) => DOUBT[a.status] - DOUBT[b.status] || a.place - b.place);
  $("where").textContent = `${at + 1}/${facts.length} ${doc.name} (${doc.bill})`;
  [...$("documents").children].forEach((node, place) => node.classList.toggle("here", place === at));
  const pages = $("pages");
  pages.replaceChildren();
  doc.pages.forEach((page, place) => {
    const node = make("div", "page");
    node.dataset.at = place; node.dataset.number = page.number;
    pages.append(node);
    seen.observe(node);
  });
  list();
  go(0);
}

const LISTED = 400;
function list() {
  const form = $("form");
  form.replaceChildren(...facts[at].told.map((told) => make("p", "told", told)));
  const first = Math.max(0, Math.min(here - LISTED / 2, order.length - LISTED));
  order.slice(first, first + LISTED).forEach((leaf, place) => form.append(row(leaf, first + place)));
}

function row(leaf, index) {
  const node = make("div", `leaf ${KIND[leaf.status] ?? ""}`);
  node.dataset.leaf = index;
  node.append(make("code", "", leaf.path), make("small", "", `${leaf.status.replace("_", " ")} ${leaf.confidence}`));
  const area = make("textarea");
  area.rows = 1; area.tabIndex = -1; area.readOnly = true; area.dir = "auto";
  node.append(area);
  show(node, leaf);
  return node;
}

const written = (value) => (typeof value === "string" ? value : JSON.stringify(value));
function show(node, leaf) {
  const decision = decisions[at].get(leaf.path);
  node.classList.remove("accepted", "corrected", "rejected");
  if (decision) node.classList.add(decision.action);
  node.querySelector("textarea").value = written(decision && "value" in decision ? decision.value : leaf.value);
}

const rowOf = (index) => $("form").querySelector(`.leaf[data-leaf="${index}"]`);
function go(index, scroll = true) {
  if (!order.length) return count();
  here = Math.max(0, Math.min(index, order.length - 1)); other = -1;
  if (!rowOf(here)) list();
  for (const node of document.querySelectorAll(".here[data-leaf]")) node.classList.remove("here");
  rowOf(here).classList.add("here");
  rowOf(here).scrollIntoView({ block: "nearest" });
  point(order[here].spans, scroll);
  count();
}

function point(spans, scroll) {
  for (const span of spans) {
    const page = $("pages").querySelector(`.page[data-at="${span.page}"]`);
    if (page) draw(page);
  }
  const places = [...document.querySelectorAll(`#pages [data-leaf="${here}"]`)];
  places.forEach((node) => node.classList.add("here"));
  if (scroll && places[0]) places[0].scrollIntoView({ block: "center" });
}

function elsewhere() {
  const leaf = order[here];
  if (!leaf?.others.length) return;
  other = (other + 2) % (leaf.others.length + 1) - 1;
  const spans = other < 0 ? leaf.spans : leaf.others[other];
  document.querySelectorAll("#pages .shown").forEach((node) => node.remove());
  for (const span of spans) {
    const page = $("pages").querySelector(`.page[data-at="${span.page}"]`);
    if (!page) continue;
    draw(page);
    for (const box of span.boxes) { const node = boxed(box, here); node.classList.add("here", "shown"); page.append(node); }
    page.scrollIntoView({ block: "start" });
  }
}

function decide(action, value) {
  const leaf = order[here];
  if (!leaf) return;
  decisions[at].set(leaf.path, action === "accepted" ? { action } : { action, value });
  show(rowOf(here), leaf);
  $("documents").children[at].classList.toggle("done", decisions[at].size === order.length);
  go(here + 1);
}

function edit() {
  const node = rowOf(here);
  if (!node) return;
  const area = node.querySelector("textarea");
  area.readOnly = false; area.focus(); area.select();
}

function read(text, before) {
  if (typeof before === "string") return text;
  try { return JSON.parse(text); } catch { return text; }
}

function count() {
  const decided = decisions.reduce((sum, each) => sum + each.size, 0);
  const all = facts.reduce((sum, doc) => sum + doc.leaves.length, 0);
  $("progress").max = all || 1; $("progress").value = decided;
  $("counts").textContent = `${decided} of ${all} values`;
}

const KEYS = {
  j: () => go(here + 1), k: () => go(here - 1), a: () => decide("accepted"), x: () => decide("rejected", null), e: edit,
  o: elsewhere, n: () => at + 1 < facts.length && open(at + 1), p: () => at > 0 && open(at - 1), s: save,
};
document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (area.tagName === "TEXTAREA" && !area.readOnly) {
    if (event.key === "Escape") { area.readOnly = true; show(rowOf(here), order[here]); area.blur(); }
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault(); area.readOnly = true; area.blur();
      decide("corrected", read(area.value, order[here].value));
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("click", (event) => {
  const node = event.target.closest("[data-leaf]");
  if (node) go(Number(node.dataset.leaf), Boolean(node.closest("#form")));
});
$("form").addEventListener("dblclick", edit);
$("save").addEventListener("click", save);
$("doubt").addEventListener("change", () => open(at));
facts.forEach((doc, index) => {
  const node = make("button", "", doc.name);
  node.addEventListener("click", () => open(index));
  $("documents").append(node);
});
if (facts.length) open(0);
