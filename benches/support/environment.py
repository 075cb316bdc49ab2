"""A virtual environment with pinned packages, and a script run again inside it."""

import os
import subprocess
import sys


def enter(script, folder, module, pinned):
    """Runs `script` again with `--inside` in the environment of `folder`, made if it is not there; does not return."""
    python = os.path.join(folder, "bin", "python")
    try:
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
            subprocess.run([python, "-m", "pip", "install", "-q", *pinned], check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"skipped: no environment with {', '.join(pinned)} ({error})")
        sys.exit(0)
    sys.exit(subprocess.run([python, os.path.abspath(script), *sys.argv[1:], "--inside"]).returncode)
