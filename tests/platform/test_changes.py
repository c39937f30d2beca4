"""What changed since: two versions of a text, line by line."""

import random
import time

from hubportal.changes import Change, changes


def test_a_line_that_changed_is_removed_and_added_between_its_neighbours() -> None:
    assert changes("one\ntwo\nthree", "one\n2\nthree") == [
        Change("same", "one"),
        Change("removed", "two"),
        Change("added", "2"),
        Change("same", "three"),
    ]


def test_long_stretches_without_change_are_left_out_but_for_two_lines() -> None:
    before = [f"line {number}" for number in range(20)]
    after = ["first", *before[:10], "between", *before[10:]]
    assert [tuple(change) for change in changes("\n".join(before), "\n".join(after))] == [
        ("added", "first"),
        ("same", "line 0"),
        ("same", "line 1"),
        ("gap", "…"),
        ("same", "line 8"),
        ("same", "line 9"),
        ("added", "between"),
        ("same", "line 10"),
        ("same", "line 11"),
        ("gap", "…"),
    ]


def test_a_gap_never_stands_for_a_single_line() -> None:
    kinds = [change.kind for change in changes("a\nb\nc\nd", "a\nb\nc\nD")]
    assert kinds == ["same", "same", "same", "removed", "added"]


def test_the_same_text_has_no_changes() -> None:
    assert changes("one\ntwo\n", "one\ntwo\n") == []
    assert changes("", "") == []


def test_line_ends_accents_and_a_last_empty_line_are_no_change() -> None:
    assert changes("e\u0301te\u0301\r\ndeux\r\n", "été\ndeux") == []


def test_a_first_text_is_all_added() -> None:
    assert changes("", "one\n\ntwo") == [Change("added", "one"), Change("added", ""), Change("added", "two")]


def test_a_text_taken_away_is_all_removed() -> None:
    assert changes("one", "") == [Change("removed", "one")]


def test_a_line_separator_inside_a_line_does_not_end_it() -> None:
    assert changes("", "a\u2028b\x0cc") == [Change("added", "a\u2028b\x0cc")]


def test_any_two_texts_are_told_apart_without_losing_a_line() -> None:
    chance = random.Random(48)  # noqa: S311 - not a secret
    for _ in range(300):
        before, after = ([chance.choice("abc") for _ in range(chance.randrange(1, 30))] for _ in range(2))
        found = changes("\n".join(before), "\n".join(after))
        added = sum(change.kind == "added" for change in found)
        removed = sum(change.kind == "removed" for change in found)
        assert len(after) - len(before) == added - removed
        assert bool(found) == (before != after)


def test_a_long_text_of_lines_that_repeat_takes_no_minutes() -> None:
    before = "\n".join(f"{number % 90}" for number in range(50_000))
    after = "\n".join(f"{number % 91}" for number in range(50_000))
    started = time.process_time()
    assert changes(before, after)
    assert time.process_time() - started < 2
