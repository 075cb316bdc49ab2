// Puts everything in its place and selects the first of the front.

head(byId("head"));
tiles(byId("tiles"));
if (evaluated.length) {
  scatter(byId("pareto"));
  parallel(byId("parallel"));
}
architecture(byId("one"));
history(byId("history"));
importance(byId("importance"));
frontTable(byId("front"));
account(byId("account"));
const wanted = Number((location.hash.match(/^#(\d+)$/) || [])[1] ?? NaN);
const middle = data.front_ids[Math.floor(data.front_ids.length / 2)];
selection.pick(records[wanted] ? wanted : middle ?? (records[0] ? 0 : null));
addEventListener("hashchange", () => { const id = Number(location.hash.slice(1)); if (records[id]) selection.pick(id); });
