"""Readers and writers of articles and plain text; "-" is standard input or output."""

from postedit.formats.article import Article, ArticleMeta, read_article
from postedit.formats.plain import TextFile, parse_text, read_text, write_bytes, write_text

__all__ = [
    "Article",
    "ArticleMeta",
    "TextFile",
    "parse_text",
    "read_article",
    "read_text",
    "write_bytes",
    "write_text",
]
