"use strict";
// Data, small helpers, and what is selected. Text from the program is only ever written as text.

const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http" + "://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);

function number(value, digits = 4) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return value.toLocaleString("en");
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(digits)));
}
const percent = (share) => (typeof share === "number" ? (100 * share).toFixed(1) + " %" : "–");
const shown = (value) => (Array.isArray(value) ? "[" + value.join(", ") + "]" : typeof value === "number" ? number(value, 5) : String(value));
function clock(seconds) {
  if (seconds < 60) return seconds.toFixed(1) + " s";
  const whole = Math.round(seconds), pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${pad(m)}:${pad(s)} h` : `${m}:${pad(s)} min`;
}

// A repeated candidate is shown as the one it repeats.
const records = data.records;
const onFront = new Set(data.front_ids);
const evaluated = records.filter((one) => one.same_as === undefined);
const frontEntry = new Map(data.front.map((one) => [one.id, one]));
const original = (id) => (records[id] && records[id].same_as !== undefined ? records[id].same_as : id);
const repeats = new Map();
for (const one of records) {
  if (one.same_as !== undefined) repeats.set(one.same_as, (repeats.get(one.same_as) || []).concat(one.id));
}
const generationOf = (id) => {
  const found = data.history.find((generation) => id < generation.evaluations);
  return found ? found.generation : null;
};

// Everything that an axis can show: objectives, metrics, choices.
const paths = [...new Set(records.flatMap((one) => Object.keys(one.choices)))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
const numeric = (path) => evaluated.every((one) => one.choices[path] === undefined || typeof one.choices[path] === "number");
const fields = [
  ...data.objectives.map((name, at) => ({ key: "o" + at, label: name, kind: "objective", of: (one) => one.objectives?.[at] ?? null })),
  ...data.metrics.map((name, at) => ({ key: "m" + at, label: name, kind: "metric", of: (one) => one.metrics?.[at] ?? null })),
  ...paths.map((path, at) => ({ key: "c" + at, label: path, kind: "choice", of: (one) => one.choices[path] ?? null, numeric: numeric(path) })),
  { key: "id", label: "candidate", kind: "other", of: (one) => one.id },
  { key: "seconds", label: "seconds", kind: "other", of: (one) => one.seconds ?? null },
].filter((field, at, all) => all.findIndex((other) => other.label === field.label) === at);
const isNumeric = (field) => field.kind !== "choice" || field.numeric;
const fieldOf = (key) => fields.find((field) => field.key === key);
const known = (field) => evaluated.some((one) => field.of(one) !== null);

const selection = {
  id: null,
  kept: null, // The ids that pass the filters of the parallel axes; null while there are none.
  listeners: [],
  pick(id) { this.id = original(id); this.tell(); },
  keep(ids) { this.kept = ids; this.tell(); },
  keeps(id) { return this.kept === null || this.kept.has(id); },
  tell() { for (const listener of this.listeners) listener(); },
};

const tip = byId("tip");
function showTip(event, ...children) {
  tip.replaceChildren(...children);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const x = Math.min(event.clientX + 14, innerWidth - box.width - 8);
  const y = event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18;
  tip.style.left = Math.max(8, x) + "px";
  tip.style.top = Math.max(8, y) + "px";
}
const hideTip = () => { tip.hidden = true; };
function tipFor(one) {
  const lines = data.objectives.map((name, at) => el("div", {}, `${name}: ${number(one.objectives?.[at])}`));
  const choices = Object.entries(one.choices).slice(0, 10).map(([path, value]) => `${path}=${shown(value)}`).join("  ");
  return [el("b", {}, "Candidate " + one.id + (onFront.has(one.id) ? ", on the front" : "")), ...lines, el("div", { style: "opacity:.75" }, choices)];
}

// Draws again whenever the width of the box changes.
function responsive(box, draw) {
  let width = 0;
  const again = () => { if (width > 0) draw(width); };
  new ResizeObserver((entries) => {
    const now = Math.floor(entries[0].contentRect.width);
    if (now !== width && now > 0) { width = now; requestAnimationFrame(again); }
  }).observe(box);
  return again;
}
