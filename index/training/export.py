"""Export the trained models to the int8 files that answers run on, and check them against the originals.

    python -m index.training.export --encoder FOLDER [--reader FOLDER]

The encoder's FOLDER is what sentence-transformers saves: a BERT with mean pooling. The
reader's is what `index.training.reader` saves. Both look the same words up in one table,
which is mapped into memory from `words.npy` and shared, so it is no part of the ONNX files
(dynamic quantisation, per channel). The folding table the models were trained over is
`index/models/fold.json`. Put the encoder's full `model.safetensors` beside its configuration, and
sentence-transformers loads the same folder; fold texts first (`index.text.fold`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from transformers import BertModel

from index.encoder import BUNDLED_FOLDER, ONNX_FILE, OnnxEncoder
from index.inference import MODELS, TOKENIZER, WORDS, Vectors, tokenizer
from index.passages import Window
from index.reader import READER_FILE, OnnxReader, lay_out
from index.records import Span
from index.text import fold
from index.training.reader import ReaderModel

_COPIED = (
    "config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "1_Pooling/config.json",
)
_SAMPLES = (
    "How much does the company plan to spend on research?",
    "这家公司计划在研发上投入多少钱？",
    "這家公司計畫在研發上投入多少錢？",
    "The new line opens on Monday; tickets cost seven yuan.",
    "新线路将于周一开通，票价七元。",
)
_LEAST_COSINE = 0.95
_MOST_DIFFERENCE = 1.0  # of a sentence's log-odds, on average over the samples


class _States(torch.nn.Module):
    """The encoder's body: vectors of words in, last hidden states out."""

    def __init__(self, body: torch.nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, words: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.body(inputs_embeds=words, attention_mask=attention_mask).last_hidden_state
        return states


class _Scores(torch.nn.Module):
    """The reader: vectors of words in, three scores for each out."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, words: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        return self.model.scores(
            inputs_embeds=words, attention_mask=attention_mask, token_type_ids=token_type_ids
        )


# --- the encoder ---------------------------------------------------------------------------


def export_encoder(source: Path, target: Path) -> None:
    """Write the table of words, the ONNX file and the small files beside it."""
    for name in _COPIED:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        content = json.loads((source / name).read_text(encoding="utf-8"))
        compact = {"separators": (",", ":")} if name == "tokenizer.json" else {"indent": 1}
        (target / name).write_text(json.dumps(content, ensure_ascii=False, **compact), encoding="utf-8")
    body = _body(source)
    write_words(body.embeddings.word_embeddings.weight.detach().numpy())
    _write(_States(body), ["words", "attention_mask"], "last_hidden_state", target / ONNX_FILE)


def _body(source: Path) -> BertModel:
    model = SentenceTransformer(str(source), model_kwargs={"attn_implementation": "eager"}).float().eval()
    body = model[0].auto_model
    assert isinstance(body, BertModel)
    return body


def write_words(table: npt.NDArray[np.float32]) -> None:
    """Write a table of word vectors (n, d) as bytes, with one scale and one zero for all."""
    lowest, highest = min(float(table.min()), 0.0), max(float(table.max()), 0.0)
    scale = (highest - lowest) / 255
    zero = round(-lowest / scale)
    np.save(WORDS, np.clip(np.rint(table / scale) + zero, 0, 255).astype(np.uint8))
    WORDS.with_suffix(".json").write_text(json.dumps({"scale": scale, "zero": zero}) + "\n", encoding="utf-8")


def encoder_parity(source: Path, target: Path) -> Vectors:
    """The cosines between the original's and the export's vectors of some sample texts."""
    model = SentenceTransformer(str(source)).float()
    folded = [fold(text).text for text in _SAMPLES]
    original = model.encode(folded, normalize_embeddings=True)
    exported = OnnxEncoder(target).encode(_SAMPLES)
    return np.asarray((original * exported).sum(axis=1), dtype=np.float32)


# --- the reader ----------------------------------------------------------------------------


def export_reader(source: Path, file: Path) -> None:
    """Write the ONNX file."""
    names = ["words", "attention_mask", "token_type_ids"]
    _write(_Scores(_reader(source)), names, "scores", file)


def _reader(source: Path) -> ReaderModel:
    model = ReaderModel.from_pretrained(source, attn_implementation="eager", dtype=torch.float32)
    model.train(mode=False)
    return model


def reader_parity(source: Path) -> Vectors:
    """How far the export's sentence scores are from the original's, over some sample texts."""
    text = "\n".join(_SAMPLES[3:])
    cut = len(_SAMPLES[3])
    window = Window(text, (Span(0, cut), Span(cut + 1, len(text))))
    model, own, exported = _reader(source), tokenizer(TOKENIZER), OnnxReader()
    differences = []
    for question in _SAMPLES[:3]:
        sheet = lay_out(own, question, window)
        ids, types = torch.from_numpy(sheet.ids)[None], torch.from_numpy(sheet.types)[None]
        with torch.no_grad():
            scores = model.scores(input_ids=ids, token_type_ids=types, attention_mask=torch.ones_like(ids))
        scored = sheet.sentences @ scores[0, :, 0].numpy() / sheet.sentences.sum(axis=1)
        differences.append(np.abs(scored - exported.read(question, [window])[0].scores))
    return np.concatenate(differences)


# --- ONNX ----------------------------------------------------------------------------------


def _write(model: torch.nn.Module, inputs: Sequence[str], output: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        _trace(model, inputs, output, full)
        quantize_dynamic(
            full,
            file,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )


def _trace(model: torch.nn.Module, inputs: Sequence[str], output: str, file: Path) -> None:
    ones = torch.ones(2, 16, dtype=torch.long)
    made: Mapping[str, torch.Tensor] = {"words": torch.randn(2, 16, _dimension())}
    axes = {name: {0: "texts", 1: "tokens"} for name in [*inputs, output]}
    torch.onnx.export(
        model,
        tuple(made.get(name, ones) for name in inputs),
        str(file),
        input_names=list(inputs),
        output_names=[output],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def _dimension() -> int:
    return int(np.load(WORDS, mmap_mode="r").shape[1])


def main() -> None:
    """Export, then refuse to finish quietly if an export says something else."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", type=Path, help="a folder saved by sentence-transformers")
    parser.add_argument("--reader", type=Path, help="a folder saved by index.training.reader")
    arguments = parser.parse_args()
    if arguments.encoder:
        export_encoder(arguments.encoder, BUNDLED_FOLDER)
        cosines = encoder_parity(arguments.encoder, BUNDLED_FOLDER)
        print(f"encoder: cosine to the original: mean {cosines.mean():.4f}, least {cosines.min():.4f}")
        if cosines.min() < _LEAST_COSINE:
            (BUNDLED_FOLDER / ONNX_FILE).unlink()
            raise SystemExit("the export differs from the original; it was removed")
    if arguments.reader:
        export_reader(arguments.reader, READER_FILE)
        differences = reader_parity(arguments.reader)
        print(f"reader: difference of scores: mean {differences.mean():.3f}, most {differences.max():.3f}")
        if differences.mean() > _MOST_DIFFERENCE:
            READER_FILE.unlink()
            raise SystemExit("the export differs from the original; it was removed")
    for file in sorted(MODELS.rglob("*")):
        if file.is_file():
            print(f"{file.stat().st_size / 1e6:8.2f} MB  {file.relative_to(MODELS)}")


if __name__ == "__main__":
    main()
