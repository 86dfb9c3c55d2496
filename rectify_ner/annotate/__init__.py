"""Notices to and from annotation tools: exchange form, adapters, the way back into the corpus.

``offsets``, ``exchange``, ``doccano`` and ``label_studio`` need nothing but the standard library, so that
``scripts/doccano.py`` can use them in an environment of its own.
"""
