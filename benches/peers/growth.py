#!/usr/bin/env python3
"""How the cost of a training step grows with qubits, layers and batch, with the floor from counted operations and bytes.

    python3 benches/peers/growth.py docs/growth.svg

One thread, single precision, W1's model. Needs nothing but Python and our side. The floor is what the counted operations
take at the peak of multiply-adds, or the counted bytes at the speed of the first-level cache, whichever is more.
"""

import argparse
import math
import statistics
import sys
from pathlib import Path

import jobs
from run import Worker, build, ceiling

WIDTH, HEIGHT, MARGIN = 300, 260, 46


# Going back reads both states and writes one: twice the bytes of the way there.
BYTES_OF_A_STEP = 3


def measure(worker, ceilings, n, layers, batch, seconds):
    """Seconds per sample: measured, and the floor."""
    job = jobs.w1(n, layers, batch)
    answer = worker.ask(do="prepare", job=job)
    times = [statistics.median(worker.ask(do="time", seconds=seconds)["seconds"]) for _ in range(3)]
    flops = answer["count"]["flops"] + answer["count"]["flops_back"]
    floor = max(flops / ceilings[0], BYTES_OF_A_STEP * answer["count"]["bytes"] / ceilings[1])
    return min(times) / batch, floor / batch


def panel(left, title, label, xs, rows, log):
    """A panel of an SVG: measured with dots, floor without; seconds per sample on a logarithmic axis."""
    values = [value for row in rows for value in row]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    scale = (lambda x: math.log2(x)) if log else (lambda x: x)
    x_of = lambda x: left + MARGIN + (scale(x) - scale(xs[0])) / (scale(xs[-1]) - scale(xs[0])) * (WIDTH - MARGIN - 12)
    y_of = lambda y: HEIGHT - MARGIN - (math.log10(y) - low) / (high - low) * (HEIGHT - MARGIN - 34)
    out = [f'<text x="{left + WIDTH / 2}" y="18" text-anchor="middle">{title}</text>']
    for power in range(low, high + 1):
        y = y_of(10.0**power)
        name = f"{10.0 ** (power + 9):g} ns" if power < -6 else f"{10.0 ** (power + 6):g} µs" if power < -3 else f"{10.0 ** (power + 3):g} ms"
        out.append(f'<line x1="{left + MARGIN}" y1="{y:.1f}" x2="{left + WIDTH - 12}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left + MARGIN - 4}" y="{y + 3:.1f}" text-anchor="end" font-size="9">{name}</text>')
    for x in xs:
        out.append(f'<text x="{x_of(x):.1f}" y="{HEIGHT - MARGIN + 14}" text-anchor="middle" font-size="9">{x}</text>')
    out.append(f'<text x="{left + WIDTH / 2}" y="{HEIGHT - 14}" text-anchor="middle" font-size="10">{label}</text>')
    for which, style in [(0, 'stroke="#06c"'), (1, 'stroke="#999" stroke-dasharray="4 3"')]:
        points = " ".join(f"{x_of(x):.1f},{y_of(row[which]):.1f}" for x, row in zip(xs, rows))
        out.append(f'<polyline points="{points}" fill="none" {style}/>')
    out += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(row[0]):.1f}" r="2.5" fill="#06c"/>' for x, row in zip(xs, rows)]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("svg", type=Path, help="where the chart goes")
    parser.add_argument("--binary", help="our side, already built")
    parser.add_argument("--seconds", type=float, default=0.3, help="how long each point is measured, three times [%(default)s]")
    options = parser.parse_args()
    options.binary = build(options.binary).resolve()
    ceilings = [ceiling(options, kind) for kind in ("peak", "stream")]
    print(f"peak {ceilings[0] / 1e9:.0f} GFLOP/s, first-level cache {ceilings[1] / 1e9:.0f} GB/s\n")
    worker = Worker([str(options.binary), "1"], 1)
    panels = [
        ("L = 2, B = 64", "qubits", list(range(4, 15)), lambda x: (x, 2, 64), False),
        ("n = 8, B = 64", "layers", list(range(1, 9)), lambda x: (8, x, 64), False),
        ("n = 8, L = 2", "batch", [16, 32, 64, 128, 256, 512, 1024], lambda x: (8, 2, x), True),
    ]
    drawn = []
    for k, (title, label, xs, job, log) in enumerate(panels):
        rows = [measure(worker, ceilings, *job(x), options.seconds) for x in xs]
        drawn.append(panel(k * WIDTH, title, label, xs, rows, log))
        print(f"| {label} ({title}) | " + " | ".join(map(str, xs)) + " |")
        print("|---|" + "---|" * len(xs))
        print("| µs per sample | " + " | ".join(f"{row[0] * 1e6:.3g}" for row in rows) + " |")
        print("| floor | " + " | ".join(f"{row[1] * 1e6:.3g}" for row in rows) + " |\n", flush=True)
    worker.close()
    options.svg.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(drawn)
        + f'\n<text x="{1.5 * WIDTH}" y="{HEIGHT - 2}" text-anchor="middle" font-size="9">time of a training step per sample, '
        "one thread: measured (dots), and counted operations and bytes at the most the processor does (dashed)</text>\n</svg>\n")


if __name__ == "__main__":
    sys.exit(main())
