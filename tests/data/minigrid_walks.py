#!/usr/bin/env python3
"""Walks through MiniGrid levels as the `minigrid` package plays them, as JSON: `minigrid_walks.py SEED WALKS > walks.json`.

Half of a walk's actions are drawn evenly, half follow a shortest path to the goal, so that walls, turns, goals and time
limits are all met. `tests/data/minigrid_walks.json.gz` was made by `minigrid_walks.py 1 9 | gzip -9n`, with minigrid 3.2.0.
"""

import json
import random
import sys
from collections import deque

import gymnasium
import minigrid  # noqa: F401  registers the environments

ENVIRONMENTS = [
    "MiniGrid-Empty-5x5-v0",
    "MiniGrid-Empty-6x6-v0",
    "MiniGrid-Empty-8x8-v0",
    "MiniGrid-SimpleCrossingS9N1-v0",
]
AHEAD = [(1, 0), (0, 1), (-1, 0), (0, -1)]


def rows(world):
    """The level, a character per cell."""
    sign = {None: ".", "wall": "#", "goal": "G"}
    cell = lambda x, y: world.grid.get(x, y) and world.grid.get(x, y).type
    return ["".join(sign[cell(x, y)] for x in range(world.width)) for y in range(world.height)]


def toward_goal(world):
    """The first action of a shortest way to the goal, by breadth-first search over places and directions."""
    start = (*map(int, world.agent_pos), int(world.agent_dir))
    first, queue = {start: None}, deque([start])
    while queue:
        x, y, direction = state = queue.popleft()
        cell = world.grid.get(x, y)
        if cell is not None and cell.type == "goal":
            return first[state]
        ahead = (x + AHEAD[direction][0], y + AHEAD[direction][1])
        cell = world.grid.get(*ahead)
        free = cell is None or cell.can_overlap()
        for action, after in enumerate([(x, y, (direction + 3) % 4), (x, y, (direction + 1) % 4), (*ahead, direction)]):
            if (action < 2 or free) and after not in first:
                first[after] = action if first[state] is None else first[state]
                queue.append(after)
    raise SystemExit("the goal cannot be reached")


def walk(name, seed, guided):
    environment = gymnasium.make(name).unwrapped
    seen, _ = environment.reset(seed=seed)
    draw = random.Random(seed)
    digits = lambda seen: "".join(format(int(number), "x") for number in seen["image"].flatten())
    out = {
        "environment": name,
        "map": rows(environment),
        "agent": [int(x) for x in environment.agent_pos],
        "direction": int(environment.agent_dir),
        "see_through_walls": bool(environment.see_through_walls),
        "max_steps": int(environment.max_steps),
        "first": digits(seen),
        "steps": [],
    }
    while True:
        # A walk that draws only half its actions comes to the goal, one that draws all mostly to the time limit.
        action = toward_goal(environment) if draw.random() < guided else draw.randrange(7)
        seen, reward, terminated, truncated, _ = environment.step(action)
        out["steps"].append([action, digits(seen), float(reward), bool(terminated), bool(truncated)])
        if terminated or truncated:
            return out


def main():
    seed, walks = int(sys.argv[1]), int(sys.argv[2])
    share = [0.5, 0.0, 0.8]
    json.dump([walk(name, seed + at, share[at % 3]) for name in ENVIRONMENTS for at in range(walks)], sys.stdout)


main()
