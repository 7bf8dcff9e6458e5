"""Who held the parcel when, with which device, in what state; and who answers for what. Pure."""

from milepost.custody.archive import Node, archive_of
from milepost.custody.holding import Custody, Flaw, Holding, custody_of
from milepost.custody.liability import PROBLEMS, Anomaly, Liability, Share, liability_of

__all__ = [
    "PROBLEMS",
    "Anomaly",
    "Custody",
    "Flaw",
    "Holding",
    "Liability",
    "Node",
    "Share",
    "archive_of",
    "custody_of",
    "liability_of",
]
