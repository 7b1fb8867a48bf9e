"""Backends that run a model, and the one protocol that they share."""
