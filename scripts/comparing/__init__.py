"""Trial components of the comparison (docs/comparison.md); no part of the installed package.

Importing this registers them with spaCy, so ``spacy train --code scripts/comparing/__init__.py`` and
``scripts/compare.py`` find them.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from comparing import candidates, encoders, heads, reader, recurrent, word_features

__all__ = ["candidates", "encoders", "heads", "reader", "recurrent", "word_features"]
