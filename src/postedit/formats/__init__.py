"""Readers and writers of articles and plain text; "-" is standard input or output."""

from postedit.formats.article import Article, ArticleMeta, read_article
from postedit.formats.plain import (
    TextFile,
    parse_bytes,
    parse_text,
    read_text,
    write_bytes,
    write_text,
)
from postedit.formats.resume import can_resume, resumed
from postedit.formats.stream import read_ahead, stream_text, stream_to

__all__ = [
    "Article",
    "ArticleMeta",
    "TextFile",
    "can_resume",
    "parse_bytes",
    "parse_text",
    "read_ahead",
    "read_article",
    "read_text",
    "resumed",
    "stream_text",
    "stream_to",
    "write_bytes",
    "write_text",
]
