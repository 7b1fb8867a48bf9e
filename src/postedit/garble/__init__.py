"""Bilingual text into machine translation as it was before neural networks, to train repair on."""
