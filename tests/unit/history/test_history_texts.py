from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.stores.history.texts import MARKS, fold, unfold

words = st.text(alphabet=["a", "b", "青", "河", " ", *MARKS[:2]], max_size=6)
maybe = st.none() | words


@given(words, st.tuples(maybe, maybe, maybe, maybe))
def test_a_folded_text_unfolds_to_itself(text: str, values: tuple) -> None:
    folded, verbatim = fold(text, values)

    assert (verbatim if folded is None else unfold(folded, values)) == text


def test_what_other_columns_say_is_cut_out() -> None:
    values = ("青河转运中心", "Northfield", "TT1", "员工7")

    folded, verbatim = fold("员工7: TT1 离开【青河转运中心】→ Northfield", values)

    assert folded == f"{MARKS[3]}: {MARKS[2]} 离开【{MARKS[0]}】→ {MARKS[1]}"
    assert verbatim is None


@pytest.mark.parametrize("values", [("a", None, None, None), ("\ue001", "a", None, None)])
def test_a_text_with_marks_of_its_own_is_kept_as_it_is(values: tuple) -> None:
    text = "a \ue000 b" if values[0] == "a" else "a b"

    assert fold(text, values) == (None, text)
