"""The store of trained models: a numbered folder each, what it knows of itself, and the way back.

models/0007/manifest.json   data window, scores, features, the command it came from
models/0007/0.5.txt         trees by share
models/current.json         {"version": "0007", "before": ["0006", "0004"]}
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from milepost.eta.boosted import BoostedPredictor
from milepost.eta.features import FEATURES, Vocabulary
from milepost.eta.lanes import LaneTable
from milepost.eta.training import Trained

FORMAT = 1


class Manifest(Struct, frozen=True, kw_only=True):
    """What is kept with a model. `made_us` is when it was made, `command` from what."""

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


class _Current(Struct):
    version: str | None = None
    before: list[str] = []


class ModelStore:
    """Models under one folder. A half-written model is never current."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, trained: Trained, *, command: str, made_us: int) -> Manifest:
        """Keep a model under the next number. It is not used before `use`."""
        version = f"{self._newest() + 1:04}"
        manifest = Manifest(
            format=FORMAT, version=version, made_us=made_us, command=command, roads=trained.roads,
            first_us=trained.first_us, last_us=trained.last_us, features=trained.features,
            vocabulary=trained.vocabulary, scores=trained.scores,
        )  # fmt: skip
        making = self._folder / f".{version}"
        making.mkdir(parents=True, exist_ok=True)
        for share, text in trained.models.items():
            (making / f"{share}.txt").write_text(text, "utf-8")
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
        """The current model or the one named; None where none is, or of another make."""
        version = version or self.current
        if version is None:
            return None
        folder = self._folder / version
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
        if manifest.format != FORMAT or manifest.features != FEATURES:
            return None
        models = {path.stem: path.read_text("utf-8") for path in folder.glob("*.txt")}
        return BoostedPredictor(models, manifest.vocabulary, lanes)

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
