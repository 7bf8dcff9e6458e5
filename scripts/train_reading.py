"""Train src/milepost/reading/opinion.tsv, the reader's second opinion.

    .venv/bin/python scripts/train_reading.py            writes the table and prints how it does
    .venv/bin/python scripts/train_reading.py --dry-run  only prints

All texts are ours: the sentences of `scripts/reading/*.toml`, the phrases of the reader's tests,
the examples of its rules, the words of the carriers' code tables, and the words of our own pages
as what is no event. Nothing is drawn by chance that a seed does not fix.
"""

from __future__ import annotations

import argparse
import tomllib
from base64 import b85encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from reading.sayings import sayings
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from milepost.domain.status import main_of
from milepost.reading.decide import by_rules
from milepost.reading.normalise import normalise
from milepost.reading.opinion import CONFIDENT, SAYS, pieces

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "src/milepost/reading/opinion.tsv"
MAINS = tuple(SAYS)
EACH = 30
RARE = 2
SMOOTH = 0.3
# A piece whose weights all stay below this says next to nothing.
WEAK = 0.12
Floats = npt.NDArray[np.float64]


class Text(NamedTuple):
    """A text and its main status; `group` is left out as one when the model is tried."""

    text: str
    main: str
    group: str


def sentences(path: Path) -> Iterator[Text]:
    """`EACH` different sentences of every pattern of a file of sayings; the first label counts."""
    for text, mains, pattern in sayings(path, EACH):
        yield Text(text, mains[0], pattern)


def phrases(path: Path) -> Iterator[Text]:
    """The reader's test phrases; each list of them is a group."""
    data = tomllib.loads(path.read_text("utf-8"))
    for block in data.get("carrier", data.get("batch", [])):
        for text, label in block["phrases"]:
            yield Text(text, main_of(label.split("|")[0].strip()), f"{path.stem}:{block['name']}")


def examples() -> Iterator[Text]:
    """The examples of the rules, a group a status."""
    for path in sorted((ROOT / "src/milepost/reading/rules").glob("*.toml")):
        for row in tomllib.loads(path.read_text("utf-8")).get("rule", ()):
            for text in row["examples"]:
                yield Text(text, main_of(row["sub"]), f"{path.stem}:{row['sub']}")


def code_words() -> Iterator[Text]:
    """What the carriers' code tables call each code, a group a carrier."""
    for path in sorted((ROOT / "src/milepost/carriers").glob("*/codes*.toml")):
        for row in rows_of(tomllib.loads(path.read_text("utf-8"))):
            yield Text(row["text"], main_of(row["sub"]), f"code:{path.parent.name}")


def rows_of(data: Any) -> Iterator[dict[str, str]]:
    """Every table within `data` that has a `sub` and a `text`."""
    if isinstance(data, dict):
        if {"sub", "text"} <= data.keys():
            yield data
        else:
            for value in data.values():
                yield from rows_of(value)


def page_words() -> Iterator[Text]:
    """The words of our own pages that no rule takes for an event: what a web page says."""
    for path in sorted((ROOT / "src/milepost/locale").rglob("*.toml")):
        if path.stem in ("en", "zh", "de", "fr", "es"):
            for text in strings(tomllib.loads(path.read_text("utf-8"))):
                if "{" not in text and not tells_something(text):
                    yield Text(text, "unknown", f"page:{path.parent.name}")


def tells_something(text: str) -> bool:
    """Whether a rule reads an event; the second opinion has no say in what it learns from."""
    rule = by_rules(normalise(text))
    return rule is not None and main_of(rule.sub) != "unknown"


def strings(data: Any) -> Iterator[str]:
    """Every string within `data`."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from strings(value)


def corpus() -> list[Text]:
    """All texts, each normalised one once, in a fixed order; the first label of a text counts."""
    tests = ROOT / "tests/unit/reading"
    found = [
        *phrases(tests / "phrases.toml"),
        *phrases(tests / "blind.toml"),
        *examples(),
        *code_words(),
        *(item for path in sorted((ROOT / "scripts/reading").glob("*.toml"))
          for item in sentences(path)),
        *page_words(),
    ]  # fmt: skip
    texts: dict[str, Text] = {}
    for item in found:
        if item.main in SAYS:
            texts.setdefault(normalise(item.text), item)
    return [Text(text, item.main, item.group) for text, item in texts.items()]


class Model:
    """Softmax regression over the pieces of a text; each text's pieces share a length of one."""

    def __init__(self, texts: list[Text]) -> None:
        counts = Counter(piece for item in texts for piece in pieces(item.text))
        known = sorted(piece for piece, count in counts.items() if count >= RARE)
        self.index = {piece: number for number, piece in enumerate(known)}
        features = self.features([item.text for item in texts])
        wanted = np.array([MAINS.index(item.main) for item in texts])
        self.weights = _fit(features, wanted)

    def features(self, texts: list[str]) -> csr_matrix:
        rows, columns, values = [], [], []
        for row, text in enumerate(texts):
            found = sorted(self.index[piece] for piece in pieces(text) if piece in self.index)
            rows += [row] * len(found)
            columns += found
            values += [len(found) ** -0.5] * len(found)
        return csr_matrix((values, (rows, columns)), shape=(len(texts), len(self.index)))

    def probabilities(self, texts: list[str]) -> Floats:
        return _softmax(self.features(texts) @ self.weights[:-1] + self.weights[-1])


def _fit(features: csr_matrix, wanted: npt.NDArray[np.int64]) -> Floats:
    count, width = features.shape
    hot = np.eye(len(MAINS))[wanted]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(width + 1, len(MAINS))
        odds = _softmax(features @ weights[:-1] + weights[-1])
        value = -np.log(odds[np.arange(count), wanted] + 1e-12).sum()
        slope = np.vstack([features.T @ (odds - hot), (odds - hot).sum(axis=0)])
        slope[:-1] += SMOOTH * weights[:-1]
        return value + SMOOTH / 2 * (weights[:-1] ** 2).sum(), slope.ravel()

    start = np.zeros((width + 1) * len(MAINS))
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80})
    found: Floats = fitted.x.reshape(width + 1, len(MAINS))
    return found


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def table(model: Model) -> str:
    """The weights as `opinion.py` reads them: one byte each, weak pieces left out."""
    scale = float(np.abs(model.weights).max()) / 127
    lines = [f"\t{scale:.8f}\t{_coded(model.weights[-1] / scale)}"]
    for piece, number in model.index.items():
        weights = model.weights[number]
        if np.abs(weights).max() >= WEAK:
            lines.append(f"{piece}\t{_coded(weights / scale)}")
    return "\n".join(lines) + "\n"


def _coded(weights: Floats) -> str:
    return b85encode(bytes(round(float(weight)) + 128 for weight in weights)).decode()


def tried(texts: list[Text], folds: int = 5) -> None:
    """Print how a model does on groups that it was not trained on, at several confidences."""
    groups = sorted({item.group for item in texts})
    Random(1).shuffle(groups)
    fold_of = {group: number % folds for number, group in enumerate(groups)}
    judged: list[tuple[str, str, float]] = []
    for fold in range(folds):
        model = Model([item for item in texts if fold_of[item.group] != fold])
        held = [item for item in texts if fold_of[item.group] == fold]
        shares = model.probabilities([item.text for item in held])
        judged += [
            (item.main, MAINS[row.argmax()], float(row.max()))
            for item, row in zip(held, shares, strict=True)
        ]
    for least in (0.4, CONFIDENT, 0.6, 0.7, 0.8):
        speaks = [one for one in judged if SAYS[one[1]] and one[2] >= least]
        right = sum(main == found for main, found, _ in speaks)
        pages = sum(main == "unknown" for main, _, _ in judged)
        read_pages = sum(main == "unknown" for main, _, _ in speaks)
        share = right / len(speaks)
        print(f"{least}: speaks {len(speaks)} of {len(judged)}, right {share:.3f}", end=", ")
        print(f"pages read {read_pages} of {pages}")


def main() -> None:
    """Train on every text and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--try", dest="trial", action="store_true", help="leave groups out first")
    arguments = parser.parse_args()
    texts = corpus()
    print(f"{len(texts)} texts")
    if arguments.trial:
        tried(texts)
    written = table(Model(texts))
    print(f"{written.count(chr(10)) - 1} pieces, {len(written) // 1024} KiB")
    if not arguments.dry_run:
        TABLE.write_text(written, "utf-8")


if __name__ == "__main__":
    main()
