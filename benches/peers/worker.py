"""One peer in a process of its own: reads orders as JSON lines, answers each with one line.

prepare  makes everything ready for a job and answers with its values and how long the first run took
time     runs the job over and over for so many seconds and answers with the seconds of every run
"""

import importlib
import json
import os
import sys
import time
import warnings


def main():
    module, variant, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    warnings.filterwarnings("ignore")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    try:
        make = importlib.import_module(module).make
        answer = {"ok": True}
    except Exception as error:  # a peer that cannot be imported is skipped
        answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=out, flush=True)
    run = None
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if order["do"] == "prepare":
                run = None
                start = time.perf_counter()
                run, values = make(variant, threads, order["job"])
                run()
                answer = {"ok": True, "first": time.perf_counter() - start, "values": values()}
            else:
                seconds, end = [], time.perf_counter() + order["seconds"]
                while not seconds or time.perf_counter() < end:
                    start = time.perf_counter()
                    run()
                    seconds.append(time.perf_counter() - start)
                answer = {"ok": True, "seconds": seconds}
        except NotImplementedError as error:
            answer = {"ok": False, "error": str(error) or "not this workload"}
        except Exception as error:
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
