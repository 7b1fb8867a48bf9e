"""Adapters: learned beside the shipped weights, run on ONNX Runtime, refused by other models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from peft import PeftModel

from postedit import PostEditor
from postedit.correct import Draft
from postedit.correct.evidence import weigh
from postedit.errors import InputError, ModelError
from postedit.formats.triplets import Triplet
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import read_manifest
from postedit.train.adapt import adapt
from postedit.train.config import OptimConfig
from postedit.train.dequantise import load_exported
from postedit.train.graft import Update, graft

# A customer whose style guide wants "mobile", where the model would leave or write "phone".
CORRECTIONS = [
    Triplet(f"memo-{i // 6}:{i}", mt, pe, ())
    for i, (mt, pe) in enumerate(
        [
            (f"the {maker} phone sell {count} unit.", f"The {maker} mobile sold {count} units.")
            for maker in ("ZTE", "Lenovo", "Huawei")
            for count in range(100, 900, 100)
        ]
    )
]


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("adapters") / "customer"
    optim = OptimConfig(
        epochs=2, batch_size=8, learning_rate=2e-3, eval_steps=100, warmup_steps=0, best_by="loss"
    )
    adapt(DEFAULT, read_manifest(DEFAULT), CORRECTIONS, output, optim)
    return output


def test_an_adapter_learns_the_customers_word(adapter: Path) -> None:
    """On a maker and a number that no correction had."""
    plain, _ = load_backend()
    adapted, _ = load_backend(adapter=adapter)
    read = plain.read("the Hisense phone sell 950 unit.")
    targets = [plain.write(f"The Hisense {word} sold 950 units.") for word in ("mobile", "phone")]
    margins = [np.subtract(*backend.log_probs([read] * 2, targets)) for backend in (plain, adapted)]
    assert margins[1] > margins[0] + 1


def test_the_gate_knows_the_customers_word(adapter: Path) -> None:
    draft = Draft("the ZTE phone sell 300 unit.")
    kept = []
    for _, manifest in (load_backend(), load_backend(adapter=adapter)):
        said = manifest.gate.substitutes
        kept.append(weigh(draft.text, "The ZTE mobile sold 300 units.", (), 0.0, said).kept)
    assert kept == [0.75, 1.0]


def test_onnx_and_torch_run_the_same_adapter(adapter: Path) -> None:
    base, _ = load_exported(DEFAULT)
    model = PeftModel.from_pretrained(base, str(adapter)).eval()
    backend, _ = load_backend(adapter=adapter)
    read = backend.read("the Hisense phone sell 950 unit.")
    written = backend.write("The Hisense mobile sold 950 units.")
    with torch.inference_mode():
        logits = model(torch.tensor([[*read, *written]])).logits[0, len(read) - 1 : -1]
    own = float(logits.log_softmax(-1).gather(1, torch.tensor(written)[:, None]).sum())
    found = backend.log_probs([read], [written])[0]
    assert found == pytest.approx(own, abs=0.15 * len(written)), "int8 activations apart"


def test_the_whole_path_runs_with_an_adapter(adapter: Path) -> None:
    result = PostEditor.load(adapter=adapter).repair("the ZTE phone sell 300 unit.")
    assert "300" in result.text
    assert sum(file.stat().st_size for file in adapter.rglob("*")) < 60e6, "a part of the model"


def test_an_adapter_of_other_weights_is_refused(adapter: Path, tmp_path: Path) -> None:
    text = (adapter / "adapter.json").read_text(encoding="utf-8")
    (tmp_path / "adapter.json").write_text(text.replace(read_manifest(DEFAULT).sha256, "0" * 64))
    with pytest.raises(ModelError, match=r"an adapter of .* \(weights 000000000000\); the model"):
        load_backend(adapter=tmp_path)


@pytest.mark.parametrize(
    ("rows", "message"),
    [(5, "5 corrections; an adapter needs at least 20"), (24, "exists already")],
)
def test_what_adapt_refuses(rows: int, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        adapt(DEFAULT, read_manifest(DEFAULT), CORRECTIONS[:rows], tmp_path, OptimConfig())


def test_a_graph_without_the_layer_is_named(tmp_path: Path) -> None:
    graph = onnx.helper.make_graph([], "empty", [], [])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "empty.onnx"))
    update = Update(np.zeros((2, 1), np.float32), np.zeros((1, 2), np.float32))
    with pytest.raises(ModelError, match=r"no layer model\.layers\.7"):
        graft(tmp_path / "empty.onnx", {"model.layers.7.mlp.up_proj": update}, tmp_path / "out")
