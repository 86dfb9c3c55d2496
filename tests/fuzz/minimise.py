"""The smallest case that still fails as the first one did."""

import traceback
from collections.abc import Callable
from dataclasses import replace

from .cases import Case, edited

Check = Callable[[Case], object]
Failure = tuple[str, str, int]


def failure_of(check: Check, case: Case) -> Failure | None:
    """Kind of the exception and the innermost place it came from; None where the check passes."""
    try:
        check(case)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return type(error).__name__, last.filename, last.lineno or 0
    return None


def minimised(case: Case, check: Check, *, tries: int = 1500) -> Case:
    """Leave out pieces of the text, then spans, as long as the same failure stays (delta debugging)."""
    wanted = failure_of(check, case)
    left = tries

    def fails(smaller: Case) -> bool:
        nonlocal left
        left -= 1
        return left > 0 and failure_of(check, smaller) == wanted

    size = max(1, len(case.text) // 2)
    while size:
        at = 0
        while at < len(case.text):
            smaller = edited(case, at, min(len(case.text), at + size), "")
            if fails(smaller):
                case = smaller
            else:
                at += size
        size //= 2
    for span in case.spans:
        smaller = replace(case, spans=tuple(one for one in case.spans if one is not span))
        case = smaller if fails(smaller) else case
    return case
