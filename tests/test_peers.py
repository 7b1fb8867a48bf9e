"""Peers run for real: Harper, tiny checkpoints, and services on a server of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from postedit.benchmark.peers.base import Peer, Piece
from postedit.benchmark.peers.http import KEY
from postedit.benchmark.peers.registry import load_peer
from postedit.benchmark.suite import SuiteArticle
from postedit.benchmark.systems import PeerSystem
from postedit.errors import InputError
from postedit.records import TermEntry, Unit
from postedit.termbase import Termbase

TMALL = TermEntry("day cat", "Tmall", "天猫")
PIECES = [
    Piece("a:1", "Tmall open an shop.", "天猫开店。", (TMALL,)),
    Piece("a:2", "fare rose", "票价上涨", ()),
]


def rewritten(peer: Peer, pieces: list[Piece] = PIECES) -> list[str]:
    told: list[int] = []
    peer.load()
    texts = peer.rewrite(pieces, told.append)
    assert sum(told) == len(texts) == len(pieces)
    return texts


def test_harper_takes_the_first_suggestion_of_every_lint() -> None:
    name, peer = load_peer("harper")
    assert name == "harper"
    assert "harper-py 0." in peer.about["version"]
    text = "This is an test of the the linter, he go to Beijing 🙂 and he go home."
    assert rewritten(peer, [Piece("x", text, None, ())]) == [
        "This is a test of the linter, he goes to Beijing 🙂 and he goes home."
    ]


@dataclass
class Service:
    """A server on this machine, what it was asked, and what it answers."""

    url: str = ""
    answer: Any = None
    status: int = 200
    asked: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.asked.append((self.path, body, self.headers.get("Authorization", "")))
            answer = service.answer(body) if callable(service.answer) else service.answer
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


def test_libretranslate_translates_the_source(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    service.answer = lambda body: {"translatedText": f"[{body['q']}]"}
    name, peer = load_peer(f"libretranslate={service.url}/")
    assert rewritten(peer) == ["[天猫开店。]", "[票价上涨]"]
    path, body, _ = service.asked[0]
    assert (name, path) == ("libretranslate", "/translate")
    assert body == {"q": "天猫开店。", "source": "zh", "target": "en", "format": "text"}
    with pytest.raises(InputError, match="translates the source, but b:7 has none"):
        rewritten(peer, [Piece("b:7", "text", None, ())])


def test_chat_endpoint_is_asked_for_each_piece_with_its_terms(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "not-for-reports")
    answer = {"choices": [{"message": {"content": " Tmall opened a shop.\n"}}]}
    service.answer = answer
    name, peer = load_peer(f"openai:small={service.url.replace('//', '//me:pw@')}/v1")
    peer = load_peer(f"openai:small={service.url}/v1")[1]
    assert rewritten(peer) == ["Tmall opened a shop."] * 2
    (path, body, key), (_, second, _) = service.asked
    assert (name, path, key) == ("openai:small", "/v1/chat/completions", "Bearer not-for-reports")
    assert (body["model"], body["temperature"]) == ("small", 0)
    assert body["messages"][0]["content"].endswith("These terms must stay as they are: Tmall.")
    assert body["messages"][1] == {"role": "user", "content": PIECES[0].draft}
    assert "terms" not in second["messages"][0]["content"]
    assert "not-for-reports" not in str(peer.about)


def test_a_password_in_a_url_is_not_told() -> None:
    _, peer = load_peer("openai:small=http://me:pw@127.0.0.1:9/v1")
    assert peer.about["url"] == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("status", "answer", "message", "why"),
    [
        (503, b"too busy", "answered 503: too busy", "an error of the service is passed on"),
        (200, b"<html>", "cannot be used", "no JSON"),
        (200, {"choices": []}, "answered without choices.0.message.content", "no choice"),
        (200, {"choices": [{"message": {"content": None}}]}, "answered without", "no text"),
    ],
)
def test_what_a_service_does_wrong_is_told(
    service: Service, status: int, answer: Any, message: str, why: str
) -> None:
    service.status, service.answer = status, answer
    with pytest.raises(InputError, match=message):
        rewritten(load_peer(f"openai:m={service.url}")[1])


def test_a_service_that_is_not_there_is_told(service: Service) -> None:
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:9/translate cannot be used"):
        rewritten(load_peer("libretranslate=http://127.0.0.1:9")[1])


def test_a_peers_line_breaks_make_no_new_paragraph(service: Service) -> None:
    service.answer = {"choices": [{"message": {"content": "One.\n\nTwo."}}]}
    name, peer = load_peer(f"openai:m={service.url}")
    article = SuiteArticle("a", (Unit("1", "day cat open"),), Termbase((TMALL,)), ())
    output = PeerSystem(name, peer).run(article, lambda units: None)
    assert output.texts == ("One. Two.",)
    assert service.asked[0][1]["messages"][1]["content"] == "Tmall open"


def test_smollm2_answers_every_piece(tiny_llama: Path) -> None:
    name, peer = load_peer(f"smollm2={tiny_llama}")
    assert name == "smollm2"
    assert rewritten(peer) == rewritten(peer), "greedy: the same again"
    assert len(peer.about["sha256 of model.safetensors"]) == 64


def test_smollm2_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"smollm2: no config\.json in it"):
        load_peer(f"smollm2={tmp_path}")


@pytest.fixture(scope="module")
def tiny_t5(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration, set_seed

    folder = tmp_path_factory.mktemp("tiny-t5")
    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    tokenizer.save_pretrained(folder)
    set_seed(1)
    size = {"d_model": 16, "d_ff": 16, "num_layers": 1, "num_heads": 2, "d_kv": 8}
    ends = {"pad_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 0}
    config = T5Config(vocab_size=len(tokenizer), **size, **ends)
    T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def test_t5_rewrites_with_its_prompt(tiny_t5: Path) -> None:
    name, peer = load_peer(f"t5:mine={tiny_t5}?prompt=fix: ")
    assert name == "t5:mine"
    assert peer.about["prompt"] == "fix: "
    assert rewritten(peer) == rewritten(peer)
    assert rewritten(peer) != rewritten(load_peer(f"t5={tiny_t5}")[1]), "the prompt is read"


def test_another_kind_of_checkpoint_is_named(tiny_llama: Path) -> None:
    with pytest.raises(InputError, match=r"tiny-llama.*: is no encoder-decoder"):
        load_peer(f"t5={tiny_llama}")[1].load()


def test_gector_edits_by_tags(tmp_path: Path) -> None:
    gector = pytest.importorskip("gector", reason="its dependency Levenshtein is copyleft")
    from transformers import BertConfig, BertModel, BertTokenizerFast, set_seed

    words = "tmall open an shop . fare rose $start".split()
    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words]))
    base, folder = tmp_path / "base", tmp_path / "tagger"
    tokenizer = BertTokenizerFast(str(tmp_path / "vocab.txt"))
    tokenizer.save_pretrained(base)
    set_seed(1)
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    BertModel(BertConfig(vocab_size=len(tokenizer), intermediate_size=8, **size)).save_pretrained(
        base
    )
    labels = {"<OOV>": 0, "$KEEP": 1, "$TRANSFORM_CASE_CAPITAL": 2, "<PAD>": 3}
    config = gector.GECToRConfig(
        model_id=str(base), label2id=labels, id2label={i: one for one, i in labels.items()}
    )
    model = gector.GECToR(config)
    model.label_proj_layer.bias.data[2] = 100.0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    # As the checkpoints that are about have it; transformers 5 reads it, but writes it no more.
    saved = json.loads((folder / "config.json").read_text(encoding="utf-8")) | {"max_length": 16}
    (folder / "config.json").write_text(json.dumps(saved), encoding="utf-8")
    (folder / "verb-form-vocab.txt").write_text("open_opened:VB_VBD\n")
    _, peer = load_peer(f"gector={folder}")
    assert rewritten(peer) == ["Tmall Open An Shop.", "Fare Rose"]
