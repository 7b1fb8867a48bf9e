"""Adapters that put other tools into the same table."""
