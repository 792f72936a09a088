"""Makes `encoder.bin` and `words.bin` from the files that two PyPI packages carry. README.md says which and how.

    python convert.py MODEL.onnx TOKENIZER.json

All integers and floats are little-endian. A table is one f32 of scale a row or column, then its i8 values row by row.
"""

import json
import struct
import sys

import numpy as np
import onnx
from onnx import numpy_helper

LAYERS, HIDDEN, HEADS, INNER, POSITIONS = 6, 384, 12, 1536, 256
# Common words that `words.bin` knows. The vocabulary is sorted by how common its words are.
WORDS = 8000


def main(model_path, tokenizer_path):
    model = onnx.load(model_path)
    tensors = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    vocabulary = json.load(open(tokenizer_path, encoding="utf-8"))["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.get)
    assert [vocabulary[t] for t in tokens] == list(range(len(tokens)))

    # The matrices have no names of their own; they are used in the order query, key, value, output, inner, outer.
    used = [n.input[1] for n in model.graph.node if n.op_type == "MatMul" and n.input[1] + "_q" in tensors]
    assert len(used) == LAYERS * 6

    out = bytearray(b"PNBENC01")
    out += struct.pack("<6I", LAYERS, HIDDEN, HEADS, INNER, POSITIONS, len(tokens))
    text = "\n".join(tokens).encode()
    out += struct.pack("<I", len(text)) + text

    def floats(array):
        nonlocal out
        out += np.asarray(array, dtype="<f4").tobytes()

    def rows(name, count):
        floats(tensors[name + "_scale"].ravel()[:count])
        out.extend(tensors[name + "_q"][:count].astype(np.int8).tobytes())

    def matrix(names, biases):
        floats(np.concatenate([tensors[n + "_scale"].ravel() for n in names]))
        floats(np.concatenate([tensors[b] for b in biases]))
        out.extend(np.concatenate([tensors[n + "_q"] for n in names], axis=1).astype(np.int8).tobytes())

    top = "inner.embeddings."
    rows(top + "word_embeddings.weight", len(tokens))
    rows(top + "position_embeddings.weight", POSITIONS)
    floats(tensors[top + "token_type_embeddings.weight"][0])
    floats(tensors[top + "LayerNorm.weight"])
    floats(tensors[top + "LayerNorm.bias"])
    for layer in range(LAYERS):
        query, key, value, output, inner, outer = used[layer * 6 : layer * 6 + 6]
        of = f"inner.encoder.layer.{layer}."
        attention = of + "attention."
        matrix([query, key, value], [attention + f"self.{n}.bias" for n in ("query", "key", "value")])
        matrix([output], [attention + "output.dense.bias"])
        floats(tensors[attention + "output.LayerNorm.weight"])
        floats(tensors[attention + "output.LayerNorm.bias"])
        matrix([inner], [of + "intermediate.dense.bias"])
        matrix([outer], [of + "output.dense.bias"])
        floats(tensors[of + "output.LayerNorm.weight"])
        floats(tensors[of + "output.LayerNorm.bias"])
    open("encoder.bin", "wb").write(out)

    words = [t for t in tokens if t.isascii() and t.isalpha() and t.islower() and len(t) >= 3][:WORDS]
    text = "\n".join(words).encode()
    open("words.txt", "wb").write(text + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
