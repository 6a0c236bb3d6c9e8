"""Full weights out of the int8 files that are shipped, so that anyone can train on from them.

    python -m index.training.restore --encoder FOLDER --reader FOLDER

Writes folders that `index.training.encoder` and `index.training.reader` take as START. What
quantisation rounded away stays away: a weight comes back within half a step of its column.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, NodeProto, numpy_helper
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertModel

from index.encoder import BUNDLED_FOLDER, ONNX_FILE
from index.inference import WORDS, Vectors, words
from index.reader import READER_FILE
from index.training.reader import ReaderModel

_WORDS = "embeddings.word_embeddings.weight"


def weights_of(file: Path) -> dict[str, Vectors]:
    """The parameters in an ONNX file by the names they had in PyTorch, full or dequantised.

    Biases and norms are kept under their names. A matrix has lost its own, so it is named
    after the bias that is added to its product.
    """
    model = onnx.load(file)
    kept = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    found = {name: value for name, value in kept.items() if name.endswith((".weight", ".bias"))}
    for name in [name for name in kept if name.endswith(".weight_quantized")]:
        found[name.removesuffix("_quantized")] = _full(kept, name)
    for bias, matrix in _products(model):
        found[bias.removesuffix("bias") + "weight"] = _full(kept, matrix).T
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in found.items()}


def _products(model: ModelProto) -> Iterator[tuple[str, str]]:
    """The biases, and the quantised matrices to whose products they are added."""
    made: dict[str, NodeProto] = {out: node for node in model.graph.node for out in node.output}
    for node in model.graph.node:
        biases = [name for name in node.input if name.endswith(".bias")]
        if node.op_type != "Add" or not biases:
            continue
        (product,) = (name for name in node.input if name not in biases)
        behind = made[product]
        while behind.op_type != "MatMulInteger":  # the product is cast, then scaled
            before = [made[name] for name in behind.input if name in made]
            behind = next(each for each in before if each.op_type in {"Cast", "MatMulInteger"})
        yield biases[0], behind.input[1]


def _full(kept: dict[str, Vectors], name: str) -> Vectors:
    stem = name.removesuffix("_quantized")
    scale, zero = kept[f"{stem}_scale"], kept[f"{stem}_zero_point"]
    full: Vectors = (kept[name].astype(np.float32) - zero.astype(np.float32)) * scale
    return full


def _load(model: torch.nn.Module, file: Path, *, cut: str, prefix: str) -> None:
    """Put a file's parameters and the shared word vectors into a model; every one must be there.

    The file's names begin with `cut`; `prefix` is where the model has its BERT.
    """
    found = {name.removeprefix(cut): torch.tensor(value) for name, value in weights_of(file).items()}
    ids = np.arange(len(np.load(WORDS, mmap_mode="r")))
    found[prefix + _WORDS] = torch.from_numpy(words()(ids))
    missing, unknown = model.load_state_dict(found, strict=False)
    missing = [name for name in missing if "pooler" not in name]
    if missing or unknown:
        raise SystemExit(f"{file} does not fit the model: {missing or unknown}; export it anew")


def restore_encoder(target: Path) -> None:
    """Write the encoder as a folder that sentence-transformers loads."""
    shutil.copytree(BUNDLED_FOLDER, target, ignore=shutil.ignore_patterns("onnx"), dirs_exist_ok=True)
    body = BertModel(BertConfig.from_pretrained(BUNDLED_FOLDER))
    _load(body, BUNDLED_FOLDER / ONNX_FILE, cut="body.", prefix="")
    body.save_pretrained(target)
    SentenceTransformer(str(target))  # raises if it cannot be loaded


def restore_reader(target: Path) -> None:
    """Write the reader as `index.training.reader` saves it."""
    model = ReaderModel(BertConfig.from_pretrained(BUNDLED_FOLDER))
    _load(model, READER_FILE, cut="model.", prefix="bert.")
    model.save_pretrained(target)


def main() -> None:
    """Restore, as the arguments say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", type=Path, help="a new folder for the encoder")
    parser.add_argument("--reader", type=Path, help="a new folder for the reader")
    arguments = parser.parse_args()
    if arguments.encoder:
        restore_encoder(arguments.encoder)
    if arguments.reader:
        restore_reader(arguments.reader)


if __name__ == "__main__":
    main()
