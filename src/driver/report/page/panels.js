// Everything that is not a chart: the head, the numbers, one architecture, what matters, the front, the account.

function head(home) {
  const about = [data.strategy.name + "(" + Object.entries(data.strategy.options).map(([name, value]) => `${name}: ${shown(value)}`).join(", ") + ")", "seed " + data.seed];
  const sets = Object.keys(data.data);
  home.append(el("h1", {}, data.search + (sets.length ? " on " + sets.join(", ") : "")), el("p", { class: "where" }, el("code", {}, data.run), " · ", about.join(" · "), ` · begun by qnas ${data.qnas}`));
}

function tiles(home) {
  const last = data.history[data.history.length - 1];
  const volume = last && typeof last.hypervolume === "number" ? number(last.hypervolume, 3) : null;
  const state = { finished: "finished", unfinished: "not finished", unknown: "state unknown" }[data.ended];
  const all = [
    [number(data.evaluations), "evaluations, " + state],
    [number(data.front.length), "architectures on the front"],
    volume === null ? null : [volume, "hypervolume at the end"],
    data.history.length ? [number(data.history.length), "generations"] : null,
    [number(data.repeated), "repeats, not evaluated again"],
    [number(data.infeasible), "break a requirement"],
    [number(data.failed), "failed"],
    data.time.timed ? [clock(data.time.evaluating), "of evaluations in all"] : null,
  ];
  home.append(...all.filter(Boolean).map(([value, name]) => el("div", { class: "tile" }, el("b", {}, value), el("span", {}, name))));
}

const pairs = (entries) => el("dl", { class: "pairs" }, entries.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
const linked = (ids) => ids.map((id, at) => [at ? ", " : "", el("button", { type: "button", class: "link", onclick: () => selection.pick(id) }, String(id))]);

function architecture(home) {
  const render = () => {
    const one = records[selection.id];
    if (!one) {
      home.replaceChildren(el("h2", { id: "one-title" }, "No architecture"), el("p", { class: "hint" }, "Nothing was evaluated, or nothing is selected."));
      return;
    }
    const entry = frontEntry.get(one.id);
    const parts = [el("div", { class: "headline" }, el("h2", { id: "one-title" }, "Candidate " + one.id), badge(one),
      data.front_ids.length > 1 ? el("span", { class: "walk" }, el("button", { type: "button", "aria-label": "previous on the front", onclick: () => walk(-1) }, "←"), el("button", { type: "button", "aria-label": "next on the front", onclick: () => walk(1) }, "→")) : null)];
    parts.push(el("h3", {}, "Objectives"), pairs(data.objectives.map((name, at) => [name, number(one.objectives?.[at], 6)])));
    if (one.failed !== undefined) parts.push(el("p", { class: "note" }, "The evaluation failed: " + one.failed));
    for (const [name, by] of Object.entries(one.violations || {})) parts.push(el("p", { class: "note" }, `breaks ${name} by ${number(by)}`));
    if (entry && entry.test) parts.push(el("h3", {}, data.leaky ? "Test part, which is the validation part too" : "Test part, looked at once"), pairs([["accuracy", percent(entry.test.accuracy)], ["loss", number(entry.test.loss)], ["rows", number(entry.test.rows)]].filter(([, v]) => v !== "–")));
    const again = data.retrained.filter((line) => line.id === one.id);
    if (again.length) parts.push(el("h3", {}, `Trained again, ${again.length} ${again.length === 1 ? "time" : "times"}`), pairs(retrained(again)));
    parts.push(el("h3", {}, "Choices"), choicesOf(one));
    if (one.curve && one.curve.length > 1) parts.push(el("h3", {}, "Training"), curve(one));
    if (one.metrics) parts.push(el("details", {}, el("summary", {}, "Costs and other metrics"), pairs(data.metrics.map((name, at) => [name, number(one.metrics[at], 6)]).filter(([, v]) => v !== "–"))));
    parts.push(el("details", {}, el("summary", {}, "Where it comes from"), pairs(origin(one, entry))));
    home.replaceChildren(...parts.filter(Boolean));
    drawing(one);
  };
  selection.listeners.push(render);
}
// Mean and standard deviation over the seeds.
function retrained(lines) {
  const rows = [];
  for (const part of ["validation", "test"]) {
    for (const [name, format] of [["accuracy", percent], ["loss", number]]) {
      const values = lines.map((line) => line[part] && line[part][name]).filter((value) => typeof value === "number");
      if (values.length === 0) continue;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = values.length < 2 ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
      rows.push([`${part} ${name}`, format(mean) + (spread === null ? "" : " ± " + format(spread))]);
    }
  }
  const failed = lines.filter((line) => line.failed !== undefined).length;
  return failed ? [...rows, ["failed", number(failed)]] : rows;
}
function badge(one) {
  const [text, front] = onFront.has(one.id) ? ["on the front", true] : one.failed !== undefined ? ["failed"] : one.violations ? ["breaks a requirement"] : one.fidelity !== undefined ? ["not evaluated in full"] : ["dominated"];
  return el("span", { class: front ? "badge front" : "badge" }, text);
}
function choicesOf(one) {
  const all = paths.filter((path) => one.choices[path] !== undefined).map((path) => [el("span", { class: "mono" }, path), el("span", { class: "mono" }, shown(one.choices[path]))]);
  return all.length ? pairs(all) : el("p", { class: "hint" }, "Nothing was left open.");
}
function origin(one, entry) {
  const generation = generationOf(one.id);
  const rows = [];
  if (generation !== null) rows.push(["generation", number(generation)]);
  if (one.parents) rows.push(["made from", linked(one.parents)]);
  if (repeats.has(one.id)) rows.push(["repeated by", repeats.get(one.id).slice(0, 12).join(", ")]);
  if (entry && entry.ties.length) rows.push(["equal objectives", linked(entry.ties.slice(0, 12))]);
  if (one.fidelity !== undefined) rows.push(["fidelity", shown(one.fidelity)]);
  if (one.seconds !== undefined) rows.push(["time", clock(one.seconds)]);
  for (const [name, value] of Object.entries(entry || {})) {
    if (!["id", "architecture", "objectives", "metrics", "ties", "test"].includes(name)) rows.push([name, typeof value === "object" ? JSON.stringify(value) : shown(value)]);
  }
  const pick = `--run ${data.run} --id ${one.id}`;
  rows.push(["draw it", el("code", {}, "qnas draw " + pick)], ["train it", el("code", {}, "qnas train " + pick)]);
  return rows;
}
function curve(one) {
  const box = el("div");
  const part = (key) => one.curve.filter((p) => typeof p[key] === "number").map((p) => [p.epoch, p[key]]);
  const others = data.front_ids.filter((id) => id !== one.id && records[id].curve).map((id) => ({ name: String(id), color: "var(--other)", faint: true, points: records[id].curve.filter((p) => typeof p.loss === "number").map((p) => [p.epoch, p.loss]) }));
  const series = () => [...others, { name: "training loss", color: "var(--pick)", points: part("loss") }, { name: "validation loss", color: "var(--front)", points: part("validation_loss") }];
  // A policy is trained for rewards; its loss says little.
  if (part("reward").length) { lines(box, () => [{ name: "mean reward", color: "var(--pick)", points: part("reward") }], () => ["hundreds of episodes", "reward"], 190, { whole: true }); return box; }
  lines(box, series, () => ["epoch", "loss"], 190, { whole: true, about: "loss by epoch", legend: others.length ? [["the rest of the front", "var(--other)"]] : [] });
  return box;
}
// The circuit stands below the charts, as it is wide.
function drawing(one) {
  const home = byId("circuit");
  const command = `qnas draw --run ${data.run} --id ${one.id}`;
  const parts = [el("h2", { id: "circuit-title" }, "Circuit of candidate " + one.id)];
  parts.push(one.diagram ? el("pre", { tabindex: 0, "aria-labelledby": "circuit-title" }, one.diagram) : el("p", { class: "hint" }, "There is no drawing of it in this page; ", el("code", {}, command), " shows it."));
  if (one.picture) parts.push(el("h3", {}, "Reconstructions, below the originals"), el("img", { src: one.picture, alt: "images and what the model makes of them" }));
  if (one.findings) parts.push(el("h3", {}, "Lints"), one.findings.length ? el("table", {}, el("tbody", {}, one.findings.map(finding))) : el("p", { class: "hint" }, "Nothing was found."));
  home.replaceChildren(...parts);
}
const finding = (one) => el("tr", {}, el("td", { class: "mono" }, one.rule), el("td", { class: "wide" }, one.message, one.more.map((line) => el("div", { class: "quiet" }, line))), el("td", { class: "mono" }, one.place || ""));

// All candidates at once: how the mixture was trained, and its best candidates alone.
function mixture(home) {
  const all = [["mixture", data.relaxed.epochs], ...data.relaxed.measured.filter((one) => (one.alone_epochs || []).length).map((one) => [one.what + ", alone", one.alone_epochs])];
  const rewards = data.relaxed.epochs.some((one) => typeof one.train.reward === "number");
  const points = (epochs) => epochs.map((one) => [one.epoch, rewards ? one.train.reward : one.train.loss]).filter((p) => typeof p[1] === "number");
  const box = el("div");
  home.append(box, el("p", { class: "hint" }, rewards ? "Every point is the mean reward of a hundred episodes of training." : "Loss on the training part."));
  lines(box, () => all.map(([name, epochs], at) => ({ name, color: cssColor(at), points: points(epochs) })), () => [rewards ? "hundreds of episodes" : "epoch", rewards ? "mean reward" : "loss"], 270, { whole: true });
}
function history(home) {
  if (data.relaxed) { mixture(home); return; }
  if (data.history.length === 0) { home.append(el("p", { class: "hint" }, "The history cannot be told.")); return; }
  const at = (f) => data.history.filter((g) => f(g) !== null && f(g) !== undefined).map((g) => [g.evaluations, f(g)]);
  const kinds = [["Hypervolume", (g) => g.hypervolume], ["Size of the front", (g) => g.front], ...data.objectives.map((name, i) => ["Best " + name, (g) => g.best[i]])];
  const view = { kind: "0" };
  const box = el("div");
  home.append(el("div", { class: "bar" }, chooser("Show", kinds.map(([label], i) => ({ value: String(i), label })), "0", (value) => { view.kind = value; again(); })), box);
  const again = lines(box, () => [{ name: kinds[view.kind][0], color: "var(--second)", points: at(kinds[view.kind][1]) }], () => ["evaluations", kinds[view.kind][0]], 270, { whole: true });
  home.append(el("p", { class: "hint" }, "A dot is the end of a generation. Hypervolume is the share of the box around the first generation that the front dominates."));
}

function importance(home) {
  const all = [...new Set(data.importance.flatMap((one) => one.effects.map((e) => e.path)))];
  if (all.length === 0) { home.append(el("p", { class: "hint" }, "No choice takes two values yet.")); return; }
  const effect = (one, path) => one.effects.find((e) => e.path === path);
  const largest = (path) => Math.max(...data.importance.map((one) => effect(one, path)?.share ?? 0));
  all.sort((a, b) => largest(b) - largest(a));
  const cell = (found) => el("td", {}, found ? el("div", { class: found.chance > 0.05 ? "share chance" : "share", title: found.chance > 0.05 ? "cannot be told from chance" : null }, el("span", {}, Math.round(100 * found.share) + " %"), el("i", { style: `width:${100 * found.share}%` })) : "–");
  const body = el("tbody");
  const row = (path) => {
    const open = el("button", { type: "button", class: "link mono", "aria-expanded": "false" }, path);
    const line = el("tr", {}, el("td", {}, open), data.importance.map((one) => cell(effect(one, path))));
    open.addEventListener("click", () => {
      const now = open.getAttribute("aria-expanded") === "true";
      open.setAttribute("aria-expanded", String(!now));
      if (now) line.nextSibling.remove();
      else line.after(el("tr", {}, el("td", { colspan: data.importance.length + 1 }, el("div", { class: "levels" }, data.importance.map((one) => levels(one, effect(one, path)))))));
    });
    return line;
  };
  const few = 10;
  body.append(...all.slice(0, few).map(row));
  home.append(el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, el("th", {}, "choice"), data.importance.map((one) => el("th", {}, one.objective)))), body)));
  if (all.length > few) {
    const more = el("button", { type: "button", class: "link", onclick: () => { body.append(...all.slice(few).map(row)); more.remove(); } }, `Show ${all.length - few} more`);
    home.append(more);
  }
}
function levels(one, found) {
  if (!found) return null;
  const best = Math.min(...found.levels.map((level) => level.mean));
  return el("table", {}, el("caption", {}, "mean " + one.objective), el("tbody", {}, found.levels.map((level) => el("tr", {}, el("td", { class: "mono" }, level.value), el("td", { class: "n" }, level.mean === best ? el("b", {}, number(level.mean)) : number(level.mean)), el("td", { class: "n" }, "× " + level.count)))));
}

function frontTable(home) {
  if (data.front.length === 0) { home.append(el("p", { class: "hint" }, "No architecture meets every requirement so far.")); return; }
  const tested = data.front.some((entry) => entry.test);
  const columns = [["id", (e) => e.id, (v) => v], ...data.objectives.map((name) => [name, (e) => e.objectives[name], (v) => number(v, 5)])];
  if (data.metrics.includes("accuracy")) columns.push(["accuracy", (e) => e.metrics.accuracy, percent]);
  if (tested) columns.push(["test accuracy", (e) => e.test?.accuracy ?? null, percent], ["test loss", (e) => e.test?.loss ?? null, (v) => number(v)]);
  const used = columns.filter(([, of]) => data.front.some((entry) => of(entry) !== null && of(entry) !== undefined));
  const order = { at: 1, up: true };
  const box = el("div", { class: "scroll" });
  home.append(box);
  const render = () => {
    const [, of] = used[order.at];
    const rows = [...data.front].sort((a, b) => ((of(a) ?? Infinity) - (of(b) ?? Infinity)) * (order.up ? 1 : -1));
    const heads = used.map(([name], at) => el("th", { class: "n", "aria-sort": at === order.at ? (order.up ? "ascending" : "descending") : "none" }, el("button", { type: "button", onclick: () => { order.up = at === order.at ? !order.up : true; order.at = at; render(); } }, name, at === order.at ? (order.up ? " ↑" : " ↓") : "")));
    const line = (entry) => el("tr", { class: entry.id === selection.id ? "picked" : null }, used.map(([, of, format], at) => el("td", { class: "n" }, at === 0 ? el("button", { type: "button", class: "link", onclick: () => selection.pick(entry.id) }, String(entry.id)) : format(of(entry)))), el("td", { class: "wide mono" }, summary(entry.architecture)));
    box.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, heads, el("th", {}, "architecture"))), el("tbody", {}, rows.map(line))));
  };
  selection.listeners.push(render);
}
// Choices that differ only in one number of their path stand together.
function summary(choices) {
  const groups = new Map();
  for (const path of Object.keys(choices).sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const star = path.split(".").map((part) => (/^\d+$/.test(part) ? "*" : part));
    const name = star.filter((part) => part === "*").length === 1 ? star.join(".") : path;
    groups.set(name, (groups.get(name) || []).concat(shown(choices[path])));
  }
  return [...groups].map(([name, values]) => `${name}=${values.join(",")}`).join(" ");
}

function account(home) {
  const time = data.time, rows = [];
  for (const session of time.sessions) rows.push([`${number(session.evaluations)} evaluations`, `${clock(session.seconds)} with ${session.jobs} at a time, qnas ${session.qnas}`]);
  if (time.timed) rows.push(["one evaluation", `${clock(time.evaluating / time.timed)} on average`]);
  if (time.longest.length) rows.push(["the longest", time.longest.map(([id, seconds], at) => [at ? ", " : "", clock(seconds), " (", linked([id]), ")"])]);
  for (const [name, digest] of Object.entries(data.data)) rows.push(["data " + name, el("code", {}, digest)]);
  rows.push(["program", el("code", {}, data.source)]);
  for (const [name, value] of Object.entries(data.settings)) rows.push([name, shown(value)]);
  for (const one of data.agreement) {
    const interval = one.interval ? `, 95 % ${one.interval.map((value) => value.toFixed(2)).join(" to ")}` : "";
    rows.push([`shared weights, ${data.objectives[one.objective]}`, one.tau === null ? "no order" : `rank correlation ${one.tau.toFixed(2)}${interval}, ${one.pairs} architectures`]);
  }
  home.append(pairs(rows));
  const wrong = [...Object.entries(data.failures).map(([why, count]) => [count, "failed: " + why]), ...Object.entries(data.broken_requirements).map(([what, count]) => [count, "break " + what])];
  if (wrong.length) home.append(el("h3", {}, "What went wrong"), el("table", {}, el("tbody", {}, wrong.map(([count, why]) => el("tr", {}, el("td", { class: "n" }, number(count)), el("td", { class: "wide" }, why))))));
  for (const note of data.notes) home.append(el("p", { class: "note" }, note));
}
