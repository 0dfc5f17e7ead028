#!/usr/bin/env python3
"""Checks that the package safetensors reads a file of weights, and writes it again.

check_safetensors.py FILE REWRITTEN
"""

import sys

from safetensors import safe_open
from safetensors.numpy import load_file, save_file

source, target = sys.argv[1:]
tensors = load_file(source)
with safe_open(source, "np") as file:
    metadata = file.metadata()
    assert sorted(file.keys()) == sorted(tensors)
assert metadata["format"] == "pt" and "~" in metadata["architecture"], metadata
for name, tensor in tensors.items():
    assert str(tensor.dtype) == ("int64" if name.endswith("num_batches_tracked") else "float32"), name
assert len({tensor.ctypes.data % tensor.itemsize for tensor in tensors.values()}) == 1
save_file(tensors, target)
