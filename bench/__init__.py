"""Measurements; see bench/__main__.py."""
