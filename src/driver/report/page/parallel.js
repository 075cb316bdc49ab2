// Parallel axes: every architecture a line through its choices and objectives; axes filter.

const MOST_LINES = 1500;
function parallel(home) {
  const importanceOf = (path) => Math.max(0, ...data.importance.flatMap((one) => one.effects.filter((e) => e.path === path).map((e) => e.share)));
  const varying = fields.filter((field) => known(field) && (field.kind === "objective" || (field.kind === "choice" && new Set(evaluated.map((one) => JSON.stringify(field.of(one)))).size > 1)));
  const best = varying.filter((f) => f.kind === "choice").sort((a, b) => importanceOf(b.label) - importanceOf(a.label)).slice(0, 7);
  const on = new Set([...best, ...varying.filter((f) => f.kind === "objective")].map((field) => field.key));
  const filters = new Map(); // By axis: the two ends, as shares of the axis from the top.
  const chips = el("div", { class: "chips", role: "group", "aria-label": "Axes" });
  const box = el("div", { class: "scroll" });
  home.append(chips, box);
  const toggle = (field) => el("button", { type: "button", "aria-pressed": String(on.has(field.key)), onclick: (event) => {
    on.has(field.key) ? on.delete(field.key) : on.add(field.key);
    filters.delete(field.key);
    event.target.setAttribute("aria-pressed", String(on.has(field.key)));
    filtered();
  } }, field.label);
  const order = (field) => (field.kind === "objective" ? 1 : 0);
  varying.sort((a, b) => order(a) - order(b));
  chips.append(...varying.slice(0, 60).map(toggle));

  const axisOf = (field, top, bottom) => {
    const values = evaluated.map(field.of);
    const present = values.filter((v) => v !== null);
    const absent = present.length < values.length;
    const floor = absent ? bottom - 26 : bottom;
    const at = isNumeric(field) ? scale(present, floor, top, 5) : categories(present, floor, top);
    if (isNumeric(field) && present.every(Number.isInteger)) at.ticks = at.ticks.filter(Number.isInteger);
    return { field, ticks: at.ticks, name: at.name || ((v) => number(v, 3)), map: (v) => (v === null ? bottom : at.map(v)), absent, bottom };
  };
  const categories = (values, from, to) => {
    const names = [...new Set(values.map(shown))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const map = (v) => from + ((names.indexOf(shown(v)) + 0.5) / names.length) * (to - from);
    return { map, ticks: names.length > 14 ? [] : names, name: (v) => v };
  };
  const height = 340, top = 44, bottom = height - 22;
  const axes = () => varying.filter((field) => on.has(field.key)).map((field) => axisOf(field, top, bottom));
  const passes = (axis, one) => {
    const range = filters.get(axis.field.key);
    if (!range) return true;
    const share = (axis.map(axis.field.of(one)) - top) / (bottom - top);
    return share >= range[0] && share <= range[1];
  };
  const filtered = () => {
    if (filters.size === 0) { selection.keep(null); return; }
    const all = axes();
    selection.keep(new Set(evaluated.filter((one) => all.every((axis) => passes(axis, one))).map((one) => one.id)));
  };
  const again = responsive(home, (room) => {
    const all = axes();
    const width = Math.max(room, 110 + 95 * (all.length - 1)); // Narrow windows scroll.
    const gap = (width - 110) / Math.max(1, all.length - 1);
    const xOf = (at) => (all.length === 1 ? width / 2 : 50 + at * gap);
    const path = (one) => "M" + all.map((axis, at) => `${xOf(at).toFixed(1)},${axis.map(axis.field.of(one)).toFixed(1)}`).join("L");
    let ones = evaluated;
    if (ones.length > MOST_LINES) { const every = Math.ceil(ones.length / MOST_LINES); ones = ones.filter((one, at) => at % every === 0 || onFront.has(one.id)); }
    const rank = (one) => (one.id === selection.id ? 2 : onFront.has(one.id) ? 1 : 0);
    ones = [...ones].sort((a, b) => rank(a) - rank(b));
    const line = (one) => {
      const [picked, front, kept] = [one.id === selection.id, onFront.has(one.id), selection.keeps(one.id)];
      const color = picked ? "var(--pick)" : front ? "var(--front)" : feasible(one) ? "var(--other)" : "var(--bad)";
      const drawn = svg("path", { d: path(one), fill: "none", stroke: color, "stroke-width": picked ? 3.2 : front ? 1.9 : 1, "stroke-opacity": !kept ? 0.04 : picked ? 1 : front ? 0.85 : 0.3 });
      if (kept) {
        drawn.style.cursor = "pointer";
        fill(drawn, { onmousemove: (event) => showTip(event, ...tipFor(one)), onmouseleave: hideTip, onclick: () => selection.pick(one.id) }, []);
      }
      return drawn;
    };
    const axisParts = all.map((axis, at) => {
      const x = xOf(at), range = filters.get(axis.field.key);
      const short = axis.field.label.length > gap / 7.2 && at % 2 ? 16 : 30;
      const hit = svg("rect", { x: x - 14, y: top - 8, width: 28, height: bottom - top + 16, fill: "transparent", style: "cursor:ns-resize;touch-action:none" });
      const shareAt = (event) => (event.clientY - chart.getBoundingClientRect().top - top) / (bottom - top);
      hit.addEventListener("pointerdown", (event) => {
        hit.setPointerCapture(event.pointerId);
        const start = shareAt(event);
        const move = (now) => { filters.set(axis.field.key, [Math.min(start, shareAt(now)) - 0.004, Math.max(start, shareAt(now)) + 0.004]); };
        hit.addEventListener("pointermove", move);
        hit.addEventListener("pointerup", (end) => {
          hit.removeEventListener("pointermove", move);
          if (Math.abs(shareAt(end) - start) < 0.015) filters.delete(axis.field.key);
          filtered();
        }, { once: true });
      });
      const names = axis.ticks.map((tick) => svg("text", { x: x + 7, y: axis.map(tick) + 4, style: "paint-order:stroke;stroke:var(--card);stroke-width:3px" }, axis.name(tick)));
      return [
        svg("line", { x1: x, x2: x, y1: top, y2: bottom, stroke: "var(--quiet)", "stroke-opacity": 0.6 }), names,
        axis.absent ? svg("text", { x: x + 7, y: bottom + 4, "font-style": "italic", style: "paint-order:stroke;stroke:var(--card);stroke-width:3px" }, "none") : [],
        range ? svg("rect", { x: x - 6, y: top + range[0] * (bottom - top), width: 12, height: (range[1] - range[0]) * (bottom - top), fill: "var(--pick)", "fill-opacity": 0.3, stroke: "var(--pick)" }) : [],
        svg("text", { class: "name", x, y: short, "text-anchor": at === 0 ? "start" : at === all.length - 1 ? "end" : "middle", dx: at === 0 ? -40 : at === all.length - 1 ? 50 : 0 }, axis.field.label), hit,
      ];
    });
    const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, style: `width:${width}px`, role: "img", "aria-label": `${ones.length} architectures over ${all.map((axis) => axis.field.label).join(", ")}` }, svg("g", {}, ones.map(line)), axisParts);
    const left = selection.kept === null ? "" : el("p", { class: "hint" }, `${selection.kept.size} of ${evaluated.length} architectures pass the filters. `, el("button", { type: "button", class: "link", onclick: () => { filters.clear(); filtered(); } }, "Show all"));
    box.replaceChildren(chart, left);
  });
  selection.listeners.push(again);
}
