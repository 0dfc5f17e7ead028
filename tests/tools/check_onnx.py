#!/usr/bin/env python3
"""Checks ONNX models in ONNX Runtime, and by the checker of the package onnx where it is installed.

    check_onnx.py NAME...           NAME.onnx and NAME.safetensors are of one cell of NAS-Bench-201
    check_onnx.py --torch NAME...   NAME.onnx and NAME.pt, a TorchScript file, are of one network

The first mode computes the logits from the names of the tensors and the text of the architecture alone.
"""

import json
import re
import struct
import sys

import numpy
import onnxruntime

LIMIT = 1e-5
EDGES = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]


def read_safetensors(path):
    content = open(path, "rb").read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    types = {"F32": numpy.float32, "I64": numpy.int64}
    tensors = {}
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in tensor["data_offsets"])
        values = numpy.frombuffer(content[begin:end], types[tensor["dtype"]])
        tensors[name] = values.reshape(tensor["shape"]).astype(numpy.float64)
    return tensors, header["__metadata__"]["architecture"]


def windows(x, kernel, stride, padding, value=0.0):
    x = numpy.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=value)
    view = numpy.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
    return view[:, :, ::stride, ::stride]


def convolution(x, weight, stride=1):
    kernel = weight.shape[-1]
    return numpy.einsum("nchwij,ocij->nohw", windows(x, kernel, stride, kernel // 2), weight)


class Reference:
    """Logits in evaluation mode."""

    def __init__(self, arch, state):
        self.operations = re.findall(r"\|?([a-z0-9_]+)~\d", arch)
        assert len(self.operations) == len(EDGES), arch
        self.state = state

    def norm(self, path, x):
        scale = self.state[path + ".weight"] / numpy.sqrt(self.state[path + ".running_var"] + 1e-5)
        shift = self.state[path + ".bias"] - self.state[path + ".running_mean"] * scale
        return x * scale[:, None, None] + shift[:, None, None]

    def block(self, path, x, stride=1):
        x = convolution(numpy.maximum(x, 0), self.state[path + ".op.1.weight"], stride)
        return self.norm(path + ".op.2", x)

    def edge(self, path, operation, x):
        if operation == "none":
            return 0 * x
        if operation == "skip_connect":
            return x
        if operation == "avg_pool_3x3":
            return numpy.nanmean(windows(x, 3, 1, 1, numpy.nan), axis=(4, 5))
        return self.block(path, x)

    def cell(self, path, x):
        if path + ".conv_a.op.1.weight" in self.state:
            main = self.block(path + ".conv_b", self.block(path + ".conv_a", x, stride=2))
            pooled = windows(x, 2, 2, 0).mean(axis=(4, 5))
            return convolution(pooled, self.state[path + ".downsample.1.weight"]) + main
        nodes = [x, 0, 0, 0]
        for e, (source, target) in enumerate(EDGES):
            term = self.edge(f"{path}.layers.{e}", self.operations[e], nodes[source])
            nodes[target] = nodes[target] + term
        return nodes[3]

    def logits(self, images):
        x = self.norm("stem.1", convolution(images, self.state["stem.0.weight"]))
        # Three stages of equal length, with a reduction after the first and the second.
        reductions = re.findall(r"cells\.(\d+)\.conv_a\.op\.1\.weight", " ".join(self.state))
        for i in range(3 * min(map(int, reductions)) + 2):
            x = self.cell(f"cells.{i}", x)
        x = numpy.maximum(self.norm("lastact.0", x), 0).mean(axis=(2, 3))
        return x @ self.state["classifier.weight"].T + self.state["classifier.bias"]


def check_model(name):
    try:
        import onnx
    except ImportError:
        return
    model = onnx.load(name + ".onnx")
    onnx.checker.check_model(model, full_check=True)
    assert [entry.version for entry in model.opset_import] == [15]
    assert "architecture" in {entry.key for entry in model.metadata_props}


def check(name, reference):
    check_model(name)
    session = onnxruntime.InferenceSession(name + ".onnx", providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    assert entry.name == "images" and [output.name for output in session.get_outputs()] == ["logits"]
    largest = 0
    # ONNX leaves the number of images open.
    for count in (1, 5):
        draw = numpy.random.default_rng(count)
        images = draw.standard_normal([count] + entry.shape[1:]).astype(numpy.float32)
        (logits,) = session.run(None, {"images": images})
        expected = reference(images)
        difference = numpy.abs(logits - expected).max()
        scale = max(1.0, numpy.abs(expected).max())
        assert logits.shape == expected.shape, name
        assert difference <= LIMIT * scale, f"{name}: logits differ by {difference}"
        largest = max(largest, difference / scale)
    return largest


def torch_reference(name):
    import torch

    module = torch.jit.load(name + ".pt").eval()

    def logits(images):
        tensor = torch.frombuffer(bytearray(images.tobytes()), dtype=torch.float32)
        with torch.no_grad():
            return numpy.array(module(tensor.reshape(images.shape)).tolist())

    return logits


if sys.argv[1] == "--torch":
    for argument in sys.argv[2:]:
        print(f"{argument}: {check(argument, torch_reference(argument)):.1e}")
else:
    for argument in sys.argv[1:]:
        tensors, architecture = read_safetensors(argument + ".safetensors")
        network = Reference(architecture, tensors)
        print(f"{argument}: {check(argument, network.logits):.1e}")
