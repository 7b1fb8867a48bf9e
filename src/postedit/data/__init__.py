"""Training data: triplets of many sources into one train, dev and test, with proof of no leaks."""
