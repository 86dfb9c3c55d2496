"""spaCy's registry with types."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from spacy.util import registry

Made = TypeVar("Made", bound=Callable[..., Any])
Rows = Any
"""An array of thinc: float32 of two dimensions unless said otherwise."""


def register(catalogue: str, name: str) -> Callable[[Made], Made]:
    """Register a function with spaCy under ``name``: ``architectures``, ``readers`` or ``misc``."""
    return cast("Callable[[Made], Made]", getattr(registry, catalogue).register(name))
