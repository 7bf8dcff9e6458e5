"""Cross-border shipments with a scheduled date: will they be late? Time split 70/30.

Only what stands when the delivery is scheduled is used: who, whence, whither, how, what, how much,
and the dates before the schedule. Shipments of the training part count as labels only where they
were delivered before the test part begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.judge.features import codes
from milepost.eta.judge.orders import number
from milepost.eta.judge.scores import auc, average_precision, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NAMES = (
    "Country", "Managed By", "Fulfill Via", "Vendor INCO Term", "Shipment Mode", "Product Group",
    "Sub Classification", "Vendor", "Manufacturing Site", "First Line Designation", "Dosage Form",
    "Brand", "Molecule/Test Type", "Project Code",
)  # fmt: skip
_NUMBERS = ("Line Item Quantity", "Line Item Value", "Pack Price")
_FORMATS = ("%d-%b-%y", "%m/%d/%y", "%Y-%m-%d")
_TRAINED_SHARE, _ROUNDS, _SEEDS, _FEWEST = 0.7, 250, 5, 100
_TREES: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 30,
    "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 3,
    "cat_smooth": 30, "cat_l2": 30, "verbose": -1, "num_threads": 1, "deterministic": True,
}  # fmt: skip


def date(text: str | None) -> float:
    """Days since 1970 of one of the file's ways to write a date; NaN where it is none."""
    for form in _FORMATS:
        try:
            moment = datetime.strptime((text or "").strip(), form)  # noqa: DTZ007 - bare dates
        except ValueError:
            continue
        return float(moment.toordinal() - 719_163)
    return nan


def evaluate_scms(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """AUC and average precision of lateness on the last 30 % by scheduled date."""
    dated = [(date(row.get("Scheduled Delivery Date")), row) for row in rows]
    usable = sorted(
        ((due, row) for due, row in dated
         if isfinite(due) and isfinite(date(row.get("Delivered to Client Date")))),
        key=lambda pair: pair[0],
    )  # fmt: skip
    kept = [row for _, row in usable]
    due = np.array([scheduled for scheduled, _ in usable])
    delivered = np.array([date(row.get("Delivered to Client Date")) for row in kept])
    cut = int(len(kept) * _TRAINED_SHARE)
    if cut < _FEWEST:
        raise ValueError(f"{len(kept)} usable shipments are too few to train on")
    train = np.flatnonzero((np.arange(len(kept)) < cut) & (delivered < due[cut]))
    late = delivered > due
    odds = _odds(_matrix(kept, due), late, train, np.arange(cut, len(kept)))
    labels = late[cut:].tolist()
    return {
        "shipments": len(kept), "refused": len(rows) - len(kept), "trained_on": len(train),
        "tested": len(labels), "late_share": rounded(float(late[cut:].mean())),
        "late_auc": rounded(auc(labels, odds.tolist()), 4),
        "late_ap": rounded(average_precision(labels, odds.tolist()), 4),
    }  # fmt: skip


def _matrix(rows: Sequence[Mapping[str, str]], due: Floats) -> Floats:
    asked = np.array([date(row.get("PQ First Sent to Client Date")) for row in rows])
    ordered = np.array([date(row.get("PO Sent to Vendor Date")) for row in rows])
    lines = Counter(row.get("ASN/DN #") for row in rows)
    columns: list[Floats] = [
        codes(np.array([row.get(name) or "" for row in rows])).astype(float) for name in _NAMES
    ]
    columns += [
        np.array([number((row.get(name) or "").replace(",", "")) for row in rows])
        for name in _NUMBERS
    ]
    days = due.astype("datetime64[D]")
    columns += [
        due - ordered, due - asked, ordered - asked, (due + 3) % 7,
        (days - days.astype("datetime64[M]")).astype(float),
        (days.astype("datetime64[M]").astype(int) % 12).astype(float),
        np.array([lines[row.get("ASN/DN #")] for row in rows], dtype=float),
    ]  # fmt: skip
    return np.column_stack(columns)


def _odds(
    matrix: Floats, late: NDArray[np.bool_], train: NDArray[np.int64], test: NDArray[np.int64]
) -> Floats:
    import lightgbm

    total = np.zeros(len(test))
    for seed in range(_SEEDS):
        data = lightgbm.Dataset(
            matrix[train], late[train].astype(float),
            categorical_feature=list(range(len(_NAMES))), params={"verbose": -1},
        )  # fmt: skip
        model = lightgbm.train(_TREES | {"seed": seed}, data, _ROUNDS)
        total += np.asarray(model.predict(matrix[test], num_threads=1))
    return total / _SEEDS
