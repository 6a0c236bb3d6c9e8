"""Export an encoder to the int8 ONNX file that answers run on, and check it against the original.

    python -m index.training.export FOLDER

FOLDER is what sentence-transformers saves: a BERT with mean pooling. Its tokenizer and
configuration are copied to `index/models/encoder`, its weights become `onnx/model_qint8.onnx`
(dynamic quantisation, per channel). The folding table the model was trained over is
`index/models/fold.json`. Put the full `model.safetensors` beside the configuration, and
sentence-transformers loads the same folder; fold texts first (`index.text.fold`).
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer

from index.encoder import BUNDLED_FOLDER, ONNX_FILE, OnnxEncoder, Vectors
from index.text import fold

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


class _States(torch.nn.Module):
    """A BERT that takes two tensors and returns its last hidden states."""

    def __init__(self, body: torch.nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return states


def export(source: Path, target: Path) -> None:
    """Write the ONNX file and the small files beside it."""
    for name in _COPIED:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        content = json.loads((source / name).read_text(encoding="utf-8"))
        compact = {"separators": (",", ":")} if name == "tokenizer.json" else {"indent": 1}
        (target / name).write_text(json.dumps(content, ensure_ascii=False, **compact), encoding="utf-8")
    (target / ONNX_FILE).parent.mkdir(exist_ok=True)
    model = SentenceTransformer(str(source), model_kwargs={"attn_implementation": "eager"}).float().eval()
    with TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        body = model[0].auto_model
        assert isinstance(body, torch.nn.Module)
        _trace(body, full)
        quantize_dynamic(
            full,
            target / ONNX_FILE,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )


def _trace(body: torch.nn.Module, path: Path) -> None:
    ids = torch.randint(1000, 2000, (2, 16))
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "texts", 1: "tokens"} for name in [*names, "last_hidden_state"]}
    torch.onnx.export(
        _States(body),
        (ids, torch.ones_like(ids)),
        str(path),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def parity(source: Path, target: Path) -> Vectors:
    """The cosines between the original's and the export's vectors of some sample texts."""
    model = SentenceTransformer(str(source)).float()
    folded = [fold(text).text for text in _SAMPLES]
    original = model.encode(folded, normalize_embeddings=True)
    exported = OnnxEncoder(target).encode(_SAMPLES)
    return np.asarray((original * exported).sum(axis=1), dtype=np.float32)


def main() -> None:
    """Export, then refuse to finish quietly if the export says something else."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="a folder saved by sentence-transformers")
    source = parser.parse_args().source
    export(source, BUNDLED_FOLDER)
    cosines = parity(source, BUNDLED_FOLDER)
    size = (BUNDLED_FOLDER / ONNX_FILE).stat().st_size / 1e6
    print(f"{size:.1f} MB; cosine to the original: mean {cosines.mean():.4f}, least {cosines.min():.4f}")
    if cosines.min() < _LEAST_COSINE:
        shutil.rmtree(BUNDLED_FOLDER / ONNX_FILE.parent)
        raise SystemExit("the export differs from the original; it was removed")


if __name__ == "__main__":
    main()
