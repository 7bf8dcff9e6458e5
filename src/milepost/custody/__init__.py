"""Who held the parcel when, with which device, in what state; and who answers for what. Pure."""

from milepost.custody.aboard import Carriage, aboard
from milepost.custody.archive import Node, archive_of
from milepost.custody.chain import Custody, custody_of
from milepost.custody.flaws import Flaw
from milepost.custody.holding import Holding
from milepost.custody.liability import PROBLEMS, Anomaly, Liability, Reason, Share, liability_of

__all__ = [
    "PROBLEMS",
    "Anomaly",
    "Carriage",
    "Custody",
    "Flaw",
    "Holding",
    "Liability",
    "Node",
    "Reason",
    "Share",
    "aboard",
    "archive_of",
    "custody_of",
    "liability_of",
]
