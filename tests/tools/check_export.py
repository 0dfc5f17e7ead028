#!/usr/bin/env python3
"""Checks exported networks in PyTorch, against a network written down here.

    check_export.py NAME...            NAME.pt, NAME.weights.pt and NAME.py are of one network
    check_export.py --golden DIR ...   ARCH.pt for each ARCH of DIR/golden.json: published logits

The first mode computes the logits in both modes from the names of the tensors and the text of the
architecture alone. Nothing is printed unless something is wrong.
"""

import copy
import importlib.util
import io
import json
import re
import sys

import torch
import torch.nn.functional as F

LIMIT = 1e-5
EDGES = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]


class Reference:
    """Logits as functions of a state dict; in training mode by the minibatch's statistics."""

    def __init__(self, arch, state, training):
        self.operations = re.findall(r"\|?([a-z0-9_]+)~\d", arch)
        assert len(self.operations) == len(EDGES), arch
        self.state, self.training = state, training

    def norm(self, path, x):
        mean, var = self.state[path + ".running_mean"], self.state[path + ".running_var"]
        if self.training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        scale = self.state[path + ".weight"] / (var + 1e-5).sqrt()
        shift = self.state[path + ".bias"] - mean * scale
        return x * scale[:, None, None] + shift[:, None, None]

    def block(self, path, x, stride=1):
        weight = self.state[path + ".op.1.weight"]
        x = F.conv2d(x.clamp(min=0), weight, stride=stride, padding=weight.shape[-1] // 2)
        return self.norm(path + ".op.2", x)

    def edge(self, path, operation, x):
        if operation == "none":
            return 0 * x
        if operation == "skip_connect":
            return x
        if operation == "avg_pool_3x3":
            ones = torch.ones_like(x)
            return F.avg_pool2d(x, 3, 1, 1) / F.avg_pool2d(ones, 3, 1, 1)
        return self.block(path, x)

    def cell(self, path, x):
        if path + ".conv_a.op.1.weight" in self.state:
            main = self.block(path + ".conv_b", self.block(path + ".conv_a", x, stride=2))
            return F.conv2d(F.avg_pool2d(x, 2), self.state[path + ".downsample.1.weight"]) + main
        nodes = [x, 0, 0, 0]
        for e, (source, target) in enumerate(EDGES):
            term = self.edge(f"{path}.layers.{e}", self.operations[e], nodes[source])
            nodes[target] = nodes[target] + term
        return nodes[3]

    def logits(self, images, cells):
        x = self.norm("stem.1", F.conv2d(images, self.state["stem.0.weight"], padding=1))
        for i in range(cells):
            x = self.cell(f"cells.{i}", x)
        x = self.norm("lastact.0", x).clamp(min=0).mean((2, 3))
        return x @ self.state["classifier.weight"].t() + self.state["classifier.bias"]


def load_source(path):
    spec = importlib.util.spec_from_file_location("exported", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def require_close(what, a, b):
    assert a.shape == b.shape, what
    difference = (a - b).abs().max().item()
    assert difference <= LIMIT, f"{what}: logits differ by {difference}"


def counted(module):
    return sum(parameter.numel() for parameter in module.parameters())


def train_a_step(module, images):
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    loss = F.cross_entropy(module(images), torch.arange(len(images)) % 2)
    loss.backward()
    optimizer.step()


def check(name):
    script = torch.jit.load(name + ".pt")
    weights = torch.load(name + ".weights.pt")
    assert type(weights) is dict
    if "weights_only" in torch.load.__code__.co_varnames:
        torch.load(name + ".weights.pt", weights_only=True)
    written = load_source(name + ".py")
    network = written.Network()
    network.load_state_dict(weights)
    for other in (script, network):
        state = other.state_dict()
        assert sorted(state) == sorted(weights), "names of tensors differ"
        assert all(torch.equal(state[key], weights[key]) for key in weights)

    stated = re.findall(r"# ([\d,]+) parameters", open(name + ".py").read())
    assert [int(number.replace(",", "")) for number in stated] == [counted(network)]
    assert counted(script) == counted(network)
    assert script.architecture in written.__doc__

    torch.manual_seed(0)
    images = torch.randn(6, 3, 16, 12)
    # The normal cells and the two reductions.
    cells = len(network.cells)
    for step in range(2):
        for mode in (False, True):
            script.train(mode), network.train(mode)
            state = {key: tensor.clone() for key, tensor in script.state_dict().items()}
            expected = Reference(script.architecture, state, mode).logits(images, cells)
            where = f"{name}, {'training' if mode else 'eval'} mode, step {step}"
            require_close(where + ", TorchScript", script(images), expected)
            require_close(where + ", Python", network(images), expected)
        for key, tensor in network.state_dict().items():
            assert torch.allclose(script.state_dict()[key], tensor, atol=1e-6), key
        train_a_step(script, images)
        train_a_step(network, images)

    # Typical uses of a module.
    assert script.training and script.cells.training
    twin = copy.deepcopy(script).to("cpu").eval()
    assert script.training and not twin.training
    stored = io.BytesIO()
    torch.jit.save(twin, stored)
    stored.seek(0)
    require_close(name + ", saved again", torch.jit.load(stored)(images), twin(images))
    script.double()(images.double())


def check_golden(folder):
    golden = json.load(open(folder + "/golden.json"))
    images = torch.load(f"{folder}/{golden['batch']}")["images"]
    for case in golden["cases"]:
        script = torch.jit.load(case["name"] + ".pt")
        assert script.architecture == case["arch"]
        row = torch.tensor(case["logits_row0"])
        require_close(case["name"] + ", published", script(images)[0], row)


if sys.argv[1] == "--golden":
    check_golden(sys.argv[2])
else:
    for argument in sys.argv[1:]:
        check(argument)
