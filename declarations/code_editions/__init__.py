"""Editions of the code lists that an administrator imports from the official files.

``tables`` reads a file, ``layouts`` knows how each official one is laid out, ``reading`` makes codes
of it, ``changes`` compares; ``publishing`` is what an administrator does; ``store`` brings what is
published into ``declarations.codelists``.
"""
