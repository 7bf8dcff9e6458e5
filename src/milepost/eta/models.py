"""The store of trained models: a numbered folder each, what it knows of itself, and the way back.

models/0007/manifest.json   data window, scores, features, the command it came from
models/0007/boosted.onnx    trees before the first scan
models/0007/boosted_after_scans.onnx, lstm_after_scans.onnx   what was trained for after it
models/current.json         {"version": "0007", "before": ["0006", "0004"]}
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from pathlib import Path

import msgspec
from msgspec import Struct

from milepost.eta.boosted import BoostedPredictor
from milepost.eta.features import FEATURES, SCANNED_FEATURES, Vocabulary
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Predictor
from milepost.eta.road_lstm import LstmPredictor
from milepost.eta.training import Trained

FORMAT = 2


class Manifest(Struct, frozen=True, kw_only=True):
    """What is kept with a model. `made_us` is when it was made, `command` from what; `speaks`:
    which of its parts are used.
    """

    format: int
    version: str
    made_us: int
    command: str
    roads: int
    first_us: int
    last_us: int
    features: tuple[str, ...]
    vocabulary: Vocabulary
    scores: dict[str, dict[str, float]]
    scanned_features: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ("boosted",)


class _Current(Struct):
    version: str | None = None
    before: list[str] = []


class ModelStore:
    """Models under one folder. A half-written model is never current."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(
        self, trained: Trained, *, command: str, made_us: int, speaks: tuple[str, ...] | None = None
    ) -> Manifest:
        """Keep a model under the next number. It is not used before `use`. `speaks`: the parts
        that are to be used; those that beat the table, or where none did, all.
        """
        version = f"{self._newest() + 1:04}"
        manifest = Manifest(
            format=FORMAT, version=version, made_us=made_us, command=command, roads=trained.roads,
            first_us=trained.first_us, last_us=trained.last_us, features=trained.features,
            vocabulary=trained.vocabulary, scores=trained.scores,
            scanned_features=SCANNED_FEATURES,
            speaks=(trained.speaks or trained.made) if speaks is None else speaks,
        )  # fmt: skip
        making = self._folder / f".{version}"
        making.mkdir(parents=True, exist_ok=True)
        for name, graph in trained.graphs.items():
            (making / f"{name}.onnx").write_bytes(graph)
        encoded = msgspec.json.format(msgspec.json.encode(manifest))
        (making / "manifest.json").write_bytes(encoded)
        making.rename(self._folder / version)
        return manifest

    def list(self) -> list[Manifest]:
        """All models, oldest first; a folder that cannot be read is left out."""
        found = []
        for path in sorted(self._folder.glob("[0-9]*/manifest.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Manifest))
            except (msgspec.DecodeError, OSError):
                continue
        return found

    @property
    def current(self) -> str | None:
        """The version in use; None where the tables answer."""
        return self._read().version

    @property
    def speaks(self) -> tuple[str, ...]:
        """The parts in use; none where the tables answer, or where the model cannot be read."""
        named = {manifest.version: manifest.speaks for manifest in self.list()}
        return named.get(self.current or "", ())

    def use(self, version: str) -> None:
        """Make a version current. ValueError where there is none such."""
        if not (self._folder / version / "manifest.json").is_file():
            raise ValueError(f"there is no model {version}")
        now = self._read()
        before = now.before if now.version is None else [*now.before, now.version]
        self._write(_Current(version, before))

    def roll_back(self) -> str | None:
        """The version before becomes current; None: the tables answer. ValueError without one."""
        now = self._read()
        if now.version is None:
            raise ValueError("no model is in use")
        version = now.before[-1] if now.before else None
        self._write(_Current(version, now.before[:-1]))
        return version

    def load(self, lanes: LaneTable, version: str | None = None) -> BoostedPredictor | None:
        """The trees of the current model or of the one named; None where none speak."""
        trees = [one for one in self.predictors(lanes, version)
                 if isinstance(one, BoostedPredictor)]  # fmt: skip
        return trees[0] if trees else None

    def predictors(self, lanes: LaneTable, version: str | None = None) -> tuple[Predictor, ...]:
        """All parts that speak, the nearest after scans first; none of a model of another make."""
        version = version or self.current
        if version is None:
            return ()
        folder = self._folder / version
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
        if manifest.format != FORMAT or manifest.features != FEATURES:
            return ()
        return tuple(sorted(_parts(folder, manifest, lanes), key=lambda one: _error(one, manifest)))

    def _newest(self) -> int:
        return max(
            (int(path.name) for path in self._folder.glob("[0-9]*") if path.is_dir()), default=0
        )

    def _read(self) -> _Current:
        try:
            return msgspec.json.decode((self._folder / "current.json").read_bytes(), type=_Current)
        except FileNotFoundError:
            return _Current()

    def _write(self, current: _Current) -> None:
        making = self._folder / ".current.json"
        making.write_bytes(msgspec.json.encode(current))
        making.replace(self._folder / "current.json")


def _parts(folder: Path, manifest: Manifest, lanes: LaneTable) -> Iterator[Predictor]:
    speaks = set(manifest.speaks)
    if manifest.scanned_features != SCANNED_FEATURES:
        speaks &= {"boosted"}
    graphs = {name: (folder / f"{name}.onnx").read_bytes() for name in speaks}
    models, after = graphs.get("boosted"), graphs.get("boosted_after_scans")
    if models is not None or after is not None:
        yield BoostedPredictor(models, manifest.vocabulary, lanes, after)
    if "lstm_after_scans" in graphs:
        yield LstmPredictor(graphs["lstm_after_scans"], lanes)


def _error(one: Predictor, manifest: Manifest) -> float:
    return manifest.scores.get(f"{one.name}_after_scans", {}).get("mae_days", inf)
