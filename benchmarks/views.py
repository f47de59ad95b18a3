"""How quickly a page is seen: first and largest paint, layout shift and blocking, on a desktop and on a slow phone.

    python benchmarks/views.py [--runs 3]

Serves the demonstration network and opens each page in chromium with nothing kept from before. The phone has a quarter
of the processor's speed and a line of 1.6 Mbit/s with 150 ms of delay, as Lighthouse simulates one.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

PAGES = (
    "/",
    "/search/?q=agua",
    "/initiatives/",
    "/initiatives/green-ways-plan/",
    "/practices/",
    "/practices/iztapalapa-utopias/",
    "/cities/3838583-rosario-ar/",
    "/account/sign-up/",
)
#: Bytes a second, delay in milliseconds, and how many times slower the processor is.
DEVICES = {"desktop": (1280, 800, 0, 0, 1), "phone": (360, 740, 1.6e6 / 8, 150, 4)}
OBSERVE = """
window.seen = {largest: 0, shift: 0, blocking: 0};
new PerformanceObserver(list => list.getEntries().forEach(one => seen.largest = one.startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => seen.shift += one.hadRecentInput ? 0 : one.value))
    .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => seen.blocking += Math.max(0, one.duration - 50)))
    .observe({type: "longtask", buffered: true});
"""
READ = """() => ({...seen, first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    answer: performance.getEntriesByType("navigation")[0].responseStart})"""


def look(browser: Browser, address: str, device: str) -> dict[str, float]:
    """Milliseconds until the answer, the first and the largest paint; the shift; milliseconds blocked."""
    width, height, line, delay, slowness = DEVICES[device]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    session = context.new_cdp_session(page)
    if line:
        session.send("Network.enable")
        limits = {"offline": False, "latency": delay, "downloadThroughput": line, "uploadThroughput": line / 2}
        session.send("Network.emulateNetworkConditions", limits)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    page.add_init_script(OBSERVE)
    page.goto(address, wait_until="networkidle")
    found: dict[str, float] = page.evaluate(READ)
    context.close()
    return found


def report(browser: Browser, site: str, runs: int) -> None:
    """A line a page and device: medians."""
    for device in DEVICES:
        print(f"\n{device:<36}{'answer':>8}{'first':>8}{'largest':>9}{'shift':>7}{'blocked':>9}  (ms)")
        for page in PAGES:
            found = [look(browser, site + page, device) for _ in range(runs)]
            figures: dict[str, Any] = {name: median(one[name] for one in found) for name in found[0]}
            print(
                f"  {page:<34}{figures['answer']:8.0f}{figures['first']:8.0f}{figures['largest']:9.0f}"
                f"{figures['shift']:7.3f}{figures['blocking']:9.0f}",
                flush=True,
            )


def main() -> None:
    """Serve, look, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    chromium = shutil.which("chromium")
    if chromium is None:
        print("skipped: chromium is not installed")
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "metropolis.cli", "serve", "--port", str(port), "--demonstration"]
    with TemporaryDirectory() as folder:
        environment = os.environ | {"METROPOLIS_DATA_FOLDER": folder}
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            if not any("Metropolis is at" in line for line in server.stdout or ()):
                sys.exit("The site did not start.")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
                report(browser, f"http://127.0.0.1:{port}", runs)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
