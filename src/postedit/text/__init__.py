"""Sentences, words, numbers and phrases of English text."""
