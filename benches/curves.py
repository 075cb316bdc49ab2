#!/usr/bin/env python3
"""Draws the training curves of mixtures next to those of their frozen controls, from the folders of their runs.

    python3 benches/curves.py docs/curves.svg "MiniGrid 5x5:mixture=runs/a,runs/b:angles frozen=runs/c,runs/d"

One panel for each `TITLE:LABEL=RUN,RUN,..:LABEL=..`, one line for each run. A policy's curve is the mean reward of each hundred
episodes, smoothed over ten of them; a classifier's the accuracy on the training part by epoch; any other's the loss, logarithmic.
The numbers are those of `relaxed.json`, which `qnas report RUN` shows as well. Needs nothing but Python.
"""

import html
import json
import math
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP = 300, 200, 46, 30
COLOURS = ["#1f5fa8", "#c2571a", "#3a7d44", "#7a4ea0"]


def curve(run):
    """What is drawn, and its points."""
    epochs = json.loads((Path(run) / "relaxed.json").read_text())["epochs"]
    train = [epoch["train"] for epoch in epochs]
    if train[0].get("reward") is not None:
        rewards = [one["reward"] for one in train]
        smooth = [sum(rewards[max(0, at - 9) : at + 1]) / min(10, at + 1) for at in range(len(rewards))]
        return "mean reward", "episodes", [(100 * (at + 1), y) for at, y in enumerate(smooth)]
    if train[0].get("accuracy") is not None:
        return "accuracy, training part", "epoch", [(at + 1, one["accuracy"]) for at, one in enumerate(train)]
    return "log10 of the loss", "epoch", [(at + 1, math.log10(one["loss"])) for at, one in enumerate(train)]


def panel(text):
    title, *groups = text.split(":")
    lines = []
    for colour, group in zip(COLOURS, groups):
        label, runs = group.split("=")
        lines += [(colour, label, *curve(run)) for run in runs.split(",")]
    what, along = lines[0][2], lines[0][3]
    points = [point for line in lines for point in line[4]]
    far = max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    if what != "log10 of the loss":
        low, high = 0.0 if low < 0.4 else 0.4, 1.0
    at = lambda x, y: f"{LEFT + WIDTH * x / far:.1f},{TOP + HEIGHT * (high - y) / (high - low):.1f}"
    out = [f'<text x="{LEFT}" y="16" font-weight="bold">{html.escape(title)}</text>']
    for step in range(5):
        y = low + (high - low) * step / 4
        x1, y1 = at(0, y).split(",")
        x2 = LEFT + WIDTH
        out.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y1}" stroke="#ddd"/><text x="{LEFT - 5}" y="{float(y1) + 4:.1f}" text-anchor="end">{y:.2f}</text>')
        x = far * step / 4
        middle = at(x, low).split(",")[0]
        out.append(f'<text x="{middle}" y="{TOP + HEIGHT + 15}" text-anchor="middle">{x:g}</text>')
    for colour, _, _, _, line in lines:
        path = " ".join(at(x, y) for x, y in line)
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.3" stroke-opacity="0.8" points="{path}"/>')
    for row, group in enumerate(groups):
        y = TOP + HEIGHT + 46 + 15 * row
        out.append(f'<rect x="{LEFT}" y="{y - 8}" width="14" height="4" fill="{COLOURS[row]}"/><text x="{LEFT + 20}" y="{y - 3}">{html.escape(group.split("=")[0])}</text>')
    out.append(f'<text x="{LEFT + WIDTH / 2}" y="{TOP + HEIGHT + 30}" text-anchor="middle">{along}; {what}</text>')
    return out


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    target, *panels = sys.argv[1:]
    wide, high = WIDTH + LEFT + 24, TOP + HEIGHT + 76
    columns = min(3, len(panels))
    body = []
    for at, text in enumerate(panels):
        place = f"translate({at % columns * wide},{at // columns * high})"
        body += [f'<g transform="{place}">', *panel(text), "</g>"]
    size = f'width="{wide * columns}" height="{high * -(-len(panels) // columns)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
    Path(target).write_text("\n".join([head, *body, "</svg>"]) + "\n")


if __name__ == "__main__":
    main()
