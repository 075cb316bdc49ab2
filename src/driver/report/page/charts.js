// Scales and charts: scatter, parallel axes, lines.

function niceTicks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) ticks.push(at * step || 0);
  return ticks;
}
function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
  return [low, high];
}
// A linear scale, or a logarithmic one where values are positive and far apart.
function scale(values, from, to, count = 6) {
  let [low, high] = extent(values);
  if (!Number.isFinite(low)) [low, high] = [0, 1];
  if (low === high) { const pad = Math.abs(low) * 0.05 || 0.5; low -= pad; high += pad; }
  const log = low > 0 && high / low > 300;
  if (log) {
    const [a, b] = [Math.log10(low), Math.log10(high)], pad = (b - a) * 0.04;
    const map = (v) => from + ((Math.log10(v) - a + pad) / (b - a + 2 * pad)) * (to - from);
    const ticks = [];
    for (let p = Math.ceil(a - pad); p <= b + pad; p++) ticks.push(Math.pow(10, p));
    return { map, ticks, log };
  }
  const pad = (high - low) * 0.04;
  const map = (v) => from + ((v - low + pad) / (high - low + 2 * pad)) * (to - from);
  return { map, ticks: niceTicks(low - pad, high + pad, count), log };
}
function frame(x, y, box, labels) {
  const parts = [];
  for (const tick of y.ticks) {
    const at = y.map(tick);
    parts.push(svg("line", { class: "grid", x1: box.left, x2: box.right, y1: at, y2: at }));
    parts.push(svg("text", { x: box.left - 8, y: at + 4, "text-anchor": "end" }, number(tick, 3)));
  }
  for (const tick of x.ticks) {
    parts.push(svg("text", { x: x.map(tick), y: box.bottom + 18, "text-anchor": "middle" }, number(tick, 3)));
  }
  parts.push(svg("line", { class: "grid", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }));
  parts.push(svg("text", { class: "name", x: box.right, y: box.bottom + 36, "text-anchor": "end" }, labels[0] + (x.log ? " (log)" : "")));
  parts.push(svg("text", { class: "name", x: 0, y: box.top - 10 }, labels[1] + (y.log ? " (log)" : "")));
  return parts;
}
const cssColor = (at) => `var(--c${at % 8})`;
// Colours of a value: by category, or by place between the smallest and the largest.
function painter(key) {
  if (key === "front") {
    return { of: (one) => (onFront.has(one.id) ? "var(--front)" : feasible(one) ? "var(--other)" : "var(--bad)"),
      legend: [["on the front", "var(--front)"], ["dominated", "var(--other)"], ["breaks a requirement", "var(--bad)"]] };
  }
  const field = key === "generation" ? { of: (one) => generationOf(one.id), label: "generation" } : fieldOf(key);
  const values = [...new Set(evaluated.map(field.of).filter((v) => v !== null).map((v) => (Array.isArray(v) ? shown(v) : v)))];
  if (values.every((v) => typeof v === "number") && values.length > 6) {
    const [low, high] = extent(values);
    const mix = (t) => `color-mix(in oklab, var(--c4) ${Math.round(100 * (1 - t))}%, var(--c3))`;
    return { of: (one) => { const v = field.of(one); return v === null ? "var(--bad)" : mix((v - low) / (high - low || 1)); },
      legend: [[number(low), mix(0)], [number((low + high) / 2), mix(0.5)], [number(high), mix(1)]] };
  }
  values.sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b))));
  return { of: (one) => { const v = field.of(one); return v === null ? "var(--bad)" : cssColor(values.indexOf(Array.isArray(v) ? shown(v) : v)); },
    legend: values.slice(0, 12).map((v, at) => [shown(v), cssColor(at)]) };
}
const feasible = (one) => one.failed === undefined && one.violations === undefined;
const legendOf = (pairs) => el("div", { class: "legend" }, pairs.map(([name, color]) => el("span", {}, el("i", { style: `background:${color}` }), name)));
function chooser(label, options, value, change) {
  const groups = new Map();
  for (const option of options) groups.set(option.group || "", (groups.get(option.group || "") || []).concat(option));
  const items = [...groups].map(([group, all]) => {
    const inner = all.map((o) => el("option", { value: o.value, selected: o.value === value }, o.label));
    return group ? el("optgroup", { label: group }, inner) : inner;
  });
  return el("label", {}, label, el("select", { onchange: (event) => change(event.target.value) }, items));
}

const MOST_DOTS = 4000;
function scatter(home) {
  const axes = fields.filter((field) => isNumeric(field) && known(field));
  const kinds = { objective: "Objectives", metric: "Metrics", choice: "Choices", other: "Other" };
  const options = axes.map((field) => ({ value: field.key, label: field.label, group: kinds[field.kind] }));
  const view = { x: axes[1] && axes[1].kind === "objective" ? axes[1].key : "id", y: "o0", color: "front" };
  const colors = [{ value: "front", label: "front" }, { value: "generation", label: "generation" }, ...fields.filter(known).filter((f) => f.kind === "choice").map((f) => ({ value: f.key, label: f.label, group: "Choices" }))];
  const box = el("div");
  const set = (name) => (value) => { view[name] = value; again(); };
  home.append(el("div", { class: "bar" }, chooser("Across", options, view.x, set("x")), chooser("Up", options, view.y, set("y")), chooser("Colour", colors, view.color, set("color"))), box);
  const again = responsive(box, (width) => {
    const height = Math.max(300, Math.min(480, width * 0.62));
    const [fx, fy] = [fieldOf(view.x), fieldOf(view.y)];
    let dots = evaluated.filter((one) => fx.of(one) !== null && fy.of(one) !== null);
    const all = dots.length;
    if (all > MOST_DOTS) { const every = Math.ceil(all / MOST_DOTS); dots = dots.filter((one, at) => at % every === 0 || onFront.has(one.id)); }
    const area = { left: 62, right: width - 8, top: 26, bottom: height - 44 };
    const x = scale(dots.map(fx.of), area.left, area.right), y = scale(dots.map(fy.of), area.bottom, area.top);
    const paint = painter(view.color);
    const placed = dots.map((one) => ({ one, x: x.map(fx.of(one)), y: y.map(fy.of(one)) }));
    placed.sort((a, b) => onFront.has(a.one.id) - onFront.has(b.one.id));
    const steps = fx.kind === "objective" && fy.kind === "objective" && data.objectives.length === 2 && fx !== fy ? staircase(placed, area) : [];
    const circles = placed.map(({ one, x, y }) => svg("circle", {
      cx: x, cy: y, r: one.id === selection.id ? 7.5 : onFront.has(one.id) ? 5.5 : 3.6, fill: paint.of(one),
      "fill-opacity": selection.keeps(one.id) ? (onFront.has(one.id) ? 0.95 : 0.65) : 0.08,
      stroke: one.id === selection.id ? "var(--pick)" : onFront.has(one.id) ? "var(--card)" : "none", "stroke-width": one.id === selection.id ? 3 : 1.2 }));
    const near = (event) => {
      const rect = chart.getBoundingClientRect(), [px, py] = [event.clientX - rect.left, event.clientY - rect.top];
      let best = null, distance = 26;
      for (const dot of placed) {
        if (!selection.keeps(dot.one.id)) continue;
        const d = Math.hypot(dot.x - px, dot.y - py) - (onFront.has(dot.one.id) ? 3 : 0);
        if (d < distance) { distance = d; best = dot; }
      }
      return best;
    };
    const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, tabindex: 0, role: "application",
      "aria-label": `${fy.label} over ${fx.label}, ${all} architectures, ${onFront.size} on the front; the table below has the front`,
      onmousemove: (event) => { const dot = near(event); chart.style.cursor = dot ? "pointer" : ""; dot ? showTip(event, ...tipFor(dot.one)) : hideTip(); },
      onmouseleave: hideTip, onclick: (event) => { const dot = near(event); if (dot) selection.pick(dot.one.id); },
      onkeydown: (event) => { const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]; if (way) { event.preventDefault(); walk(way); } },
    }, frame(x, y, area, [fx.label, fy.label]), steps, circles);
    const focused = box.contains(document.activeElement);
    box.replaceChildren(chart, legendOf(paint.legend));
    if (all > dots.length) box.append(el("p", { class: "hint" }, `${dots.length} of ${all} architectures are drawn, all of the front among them.`));
    if (focused) chart.focus();
  });
  selection.listeners.push(again);
}
// The edge of what the front dominates; both objectives are minimised.
function staircase(placed, area) {
  const corners = placed.filter(({ one }) => onFront.has(one.id)).sort((a, b) => a.x - b.x);
  if (corners.length === 0) return [];
  let path = `M${corners[0].x},${area.top} V${corners[0].y}`;
  for (const next of corners.slice(1)) path += ` H${next.x} V${next.y}`;
  path += ` H${area.right}`;
  return [svg("path", { d: path + ` V${area.top} Z`, fill: "var(--front)", "fill-opacity": 0.05 }), svg("path", { d: path, fill: "none", stroke: "var(--front)", "stroke-opacity": 0.45, "stroke-width": 1.5, "stroke-dasharray": "4 3" })];
}
function walk(way) {
  const order = data.front_ids, at = order.indexOf(selection.id);
  if (order.length) selection.pick(order[at < 0 ? 0 : (at + way + order.length) % order.length]);
}

// Lines over one x axis: [{name, color, points: [[x, y]], width?, faint?}]
function lines(box, series, labels, height, more = {}) {
  return responsive(box, (width) => {
    const all = series().filter((one) => one.points.length > 0);
    const area = { left: 62, right: width - 12, top: 26, bottom: height - 44 };
    const x = scale(all.flatMap((one) => one.points.map((p) => p[0])), area.left, area.right), y = scale(all.flatMap((one) => one.points.map((p) => p[1])), area.bottom, area.top, 5);
    if (more.whole) x.ticks = x.ticks.filter(Number.isInteger);
    const drawn = all.map((one) => [
      svg("path", { d: "M" + one.points.map((p) => `${x.map(p[0])},${y.map(p[1])}`).join("L"), fill: "none", stroke: one.color, "stroke-width": one.faint ? 1 : 2.2, "stroke-opacity": one.faint ? 0.3 : 1, "stroke-linejoin": "round" }),
      one.faint || one.points.length > 40 ? [] : one.points.map((p) => svg("circle", { cx: x.map(p[0]), cy: y.map(p[1]), r: 3.2, fill: one.color })),
    ]);
    const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": more.about || labels()[1],
      onmouseleave: hideTip, onmousemove: (event) => {
        const px = event.clientX - chart.getBoundingClientRect().left;
        const rows = all.filter((one) => !one.faint).map((one) => {
          const p = one.points.reduce((best, q) => (Math.abs(x.map(q[0]) - px) < Math.abs(x.map(best[0]) - px) ? q : best));
          return el("div", {}, `${one.name}: ${number(p[1])} at ${number(p[0])}`);
        });
        rows.length ? showTip(event, ...rows) : hideTip();
      } }, frame(x, y, area, labels()), drawn);
    const named = all.filter((one) => !one.faint);
    box.replaceChildren(chart, named.length > 1 || more.legend ? legendOf([...named.map((one) => [one.name, one.color]), ...(more.legend || [])]) : "");
  });
}
