"""On-policy training: what is drawn, what a draw is worth, and that a model learns from both."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from postedit.errors import ConfigError
from postedit.score.reward import Repair, reward, rewards
from postedit.train.config import OnlineConfig, TrainConfig
from postedit.train.data import Pair
from postedit.train.draws import Drawer, drawn, greedy
from postedit.train.online import OnlineTrainer, advantages, encode_asked
from postedit.train.rounded import train_rounded
from postedit.train.run import make_trainer, train

MT = "Alibaba of chairman yesterday visit Beijing and sign two contract"
PE = "The chairman of Alibaba visited Beijing yesterday and signed two contracts."


@pytest.fixture
def wild(tiny_llama: Path) -> PreTrainedModel:
    """Weights large enough that what is written depends on what was read."""
    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    torch.manual_seed(7)
    for weight in model.parameters():
        if weight.dim() > 1:
            weight.data.normal_(0, 0.25)
    return model.eval()


def prompts(count: int) -> tuple[list[list[int]], list[int]]:
    dice = random.Random(5)
    return (
        [[dice.randrange(3, 200) for _ in range(dice.randrange(2, 30))] for _ in range(count)],
        [dice.randrange(3, 40) for _ in range(count)],
    )


def test_a_drawer_writes_what_transformers_writes(wild: PreTrainedModel) -> None:
    train_rounded(wild, 4)
    asked, limits = prompts(12)
    found = Drawer(wild.eval(), torch.float32).draw(asked, 2, limits, greedy)
    for prompt, limit, (one, other) in zip(asked, limits, found, strict=True):
        ids = torch.tensor([prompt])
        written = wild.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=limit, do_sample=False
        )[0, len(prompt) :].tolist()
        finished = written[-1] == wild.config.eos_token_id
        assert one == other
        assert (one.tokens, one.finished) == (written[: len(written) - finished], finished)


def test_draws_depend_on_the_dice_alone_and_end_where_they_must(wild: PreTrainedModel) -> None:
    asked, limits = prompts(9)
    drawer = Drawer(wild, torch.float32)

    def draw() -> Any:
        return drawer.draw(asked, 5, limits, drawn(1.0, 0.0, torch.Generator().manual_seed(3)))

    found = draw()
    assert found == draw()
    assert len({tuple(one.tokens) for one in found[0]}) > 1
    for some, limit in zip(found, limits, strict=True):
        assert len(some) == 5
        for one in some:
            assert wild.config.eos_token_id not in one.tokens
            assert len(one.tokens) < limit if one.finished else len(one.tokens) == limit


def test_nothing_unlikely_is_drawn() -> None:
    logits = torch.tensor([[0.6, 0.3, 0.06, 0.04], [0.03, 0.02, 0.02, 0.93]]).log().repeat(500, 1)
    pick = drawn(1.0, 0.05, torch.Generator().manual_seed(1))
    first, second = pick(logits).view(500, 2).T
    assert set(first.tolist()) == {0, 1, 2}
    assert set(second.tolist()) == {3}
    assert 0.5 < (first == 0).float().mean() < 0.75
    high = drawn(1.0, 0.99, torch.Generator().manual_seed(1))(logits).view(500, 2).T
    assert set(high[0].tolist()) == {0}, "where nothing is so likely, the likeliest"


def test_only_a_llama_draws() -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    other = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=10))
    with pytest.raises(ConfigError, match="a gpt2 model; only llama can draw"):
        Drawer(other, torch.float32)


def test_the_reward_ranks_repairs_as_a_reader_would() -> None:
    ranked = [
        PE,
        "The chairman of Alibaba yesterday visited Beijing and signed two contracts.",
        "The chairman of Alibaba visited Beijing yesterday and signed contracts.",
        MT,
        "The chairman of Tencent visited Shanghai yesterday and signed ten contracts.",
        "",
    ]
    found = rewards([Repair(MT, PE, text) for text in ranked])
    assert found == sorted(found, reverse=True)
    assert reward(Repair(PE, PE, PE)) == pytest.approx(100)
    assert rewards([Repair(MT, PE, MT)] * 3) == [reward(Repair(MT, PE, MT))] * 3


def test_what_is_lost_and_invented_costs_more_than_it_looks() -> None:
    lost = "The chairman of Alibaba visited Beijing and signed two contracts."
    idle = "The chairman of Alibaba visited Beijing yesterday, signed two contracts."
    assert reward(Repair(MT, PE, lost)) < reward(Repair(MT, PE, idle)) - 8
    assert reward(Repair(MT, PE, PE)) - reward(Repair(MT, PE, PE[:-1] + " today.")) > 8


def test_an_advantage_is_over_the_mean_of_the_others() -> None:
    assert advantages([10, 0, 5]) == pytest.approx([0.75, -0.75, 0])
    assert advantages([200, 0]) == [3, -3]
    assert advantages([4.0] * 8) == [0] * 8
    with pytest.raises(ValueError, match="no others"):
        advantages([1.0])


def config(triplets: Path, base: Path, output: Path, **optim: Any) -> TrainConfig:
    source = {"path": str(triplets), "licence": "ours", "terms": {"all": 1.0, "some": 0.0}}
    settings = {"max_steps": 4, "eval_steps": 2, "batch_size": 6, "learning_rate": 0.002}
    return TrainConfig.model_validate(
        {
            "base": {"kind": "causal", "name": str(base)},
            "data": {"train": [source | {"split": "train"}], "dev": [source | {"split": "dev"}]},
            "optim": {**settings, "warmup_steps": 0, "decoded": 4, **optim},
            "online": {"draws": 4},
            "output": str(output),
        }
    )


@pytest.fixture(scope="module")
def learnt(triplets: Path, tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with a little English: of random letters one text is worth what another is."""
    folder = tmp_path_factory.mktemp("learnt")
    made = config(triplets, tiny_llama, folder, max_steps=40, eval_steps=40, learning_rate=0.01)
    return train(made.model_copy(update={"online": None}))


def curve(folder: Path, name: str) -> list[float]:
    log = json.loads((folder / "training.json").read_text(encoding="utf-8"))["curve"]
    return [row[name] for row in log if name in row]


def test_what_is_drawn_comes_to_be_worth_more(triplets: Path, learnt: Path, tmp_path: Path) -> None:
    made = config(triplets, learnt, tmp_path, max_steps=60, eval_steps=60, learning_rate=3e-4)
    folder = train(made)
    gains = curve(folder, "gain")
    assert gains[-1] > gains[0] + 20
    assert all(0 <= share <= 100 for share in curve(folder, "untouched"))
    (better,), (worse,) = curve(folder, "eval_better"), curve(folder, "eval_worse")
    assert 0 <= better + worse <= 100
    assert all(0 <= one <= 100 for one in curve(folder, "eval_chrf"))


def test_a_stopped_run_draws_what_an_undisturbed_one_does(
    triplets: Path, learnt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(config(triplets, learnt, tmp_path / "whole"))
    step = OnlineTrainer.training_step

    def stop(self: OnlineTrainer, *arguments: Any, **named: Any) -> torch.Tensor:
        if self.state.global_step == 3:
            raise KeyboardInterrupt
        return step(self, *arguments, **named)

    again = config(triplets, learnt, tmp_path / "stopped")
    with monkeypatch.context() as patch:
        patch.setattr(OnlineTrainer, "training_step", stop)
        with pytest.raises(KeyboardInterrupt):
            train(again)
    assert not (again.output / "model.safetensors").exists()
    train(again)
    first, *weights = [load_file(f / "model.safetensors") for f in (learnt, whole, again.output)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in first)
    assert any(not torch.equal(weights[0][name], first[name]) for name in first)


def test_how_many_rows_go_at_once_changes_nothing(triplets: Path, learnt: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(learnt)
    pairs = [Pair(MT, PE), Pair("he go", "He goes."), Pair("sales topped", "Sales topped.")]
    steps = []
    for tokens in (1, 10_000):
        made = config(triplets, learnt, triplets.parent / "none")
        made = made.model_copy(update={"online": OnlineConfig(draws=4, tokens=tokens)})
        model = AutoModelForCausalLM.from_pretrained(learnt)
        trainer = make_trainer(made, model, tokenizer, pairs, [])
        trainer.training_step(model, {"asked": [encode_asked(one, tokenizer) for one in pairs]})
        steps.append([weight.grad for weight in model.parameters() if weight.grad is not None])
    assert any(bool(one.abs().max() > 1e-3) for one in steps[0])
    for one, other in zip(*steps, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ({"kind": "seq2seq", "scratch": {}}, "online: only for causal models"),
        ({"kind": "causal", "lora": {}}, "online: .*lora"),
    ],
)
def test_what_cannot_draw_is_refused(
    base: dict[str, Any], message: str, triplets: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    made = config(triplets, tmp_path, tmp_path / "out").model_dump()
    base = base if "scratch" in base else base | {"name": str(tiny_llama)}
    with pytest.raises(ConfigError, match=message):
        train(TrainConfig.model_validate({**made, "base": base}))
