"""Readers and writers of articles and plain text; "-" is standard input or output."""

from postedit.formats.article import Article, ArticleMeta, read_article
from postedit.formats.plain import TextFile, parse_text, read_text, write_bytes, write_text
from postedit.formats.stream import stream_text, stream_to

__all__ = [
    "Article",
    "ArticleMeta",
    "TextFile",
    "parse_text",
    "read_article",
    "read_text",
    "stream_text",
    "stream_to",
    "write_bytes",
    "write_text",
]
