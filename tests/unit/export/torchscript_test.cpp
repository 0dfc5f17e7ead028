#include <torch/script.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/file.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "support/autograd_network.h"
#include "support/catch.h"
#include "unit/export/networks.h"

namespace wrcor {
namespace {

using test::cells_of_all_kinds;
using test::network_of;

std::string archive_of(const ExportedNetwork& network) {
  return export_formats().find("torchscript").value.content(network);
}

torch::jit::Module loaded(const std::string& archive) {
  std::istringstream stream(archive);
  return torch::jit::load(stream);
}

at::Tensor logits_of(torch::jit::Module& module, const at::Tensor& images) {
  return module.forward({images}).toTensor();
}

at::Tensor some_images(const NasBench201& space) {
  return at::sin(at::arange(4 * 3 * space.macro().height * space.macro().width, at::kFloat) * 0.7)
      .view({4, 3, space.macro().height, space.macro().width});
}

std::map<std::string, at::Tensor> tensors_of(const torch::jit::Module& module) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& parameter : module.named_parameters()) tensors[parameter.name] = parameter.value;
  for (const auto& buffer : module.named_buffers()) tensors[buffer.name] = buffer.value;
  return tensors;
}

/// The network of the plan with running statistics, in double precision and by its definition.
at::Tensor evaluated(const NetworkPlan& plan, const std::map<std::string, at::Tensor>& state,
                     const at::Tensor& images) {
  const auto tensor = [&](const std::string& name) { return state.at(name).to(at::kDouble); };
  std::vector<at::Tensor> outputs{images.to(at::kDouble)};
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    const Layer& layer = plan.layers[i];
    const at::Tensor& input = outputs[static_cast<std::size_t>(layer.inputs.front())];
    switch (layer.kind) {
      case LayerKind::convolution:
        outputs.push_back(
            at::conv2d(input, tensor(layer.name + ".weight"), {}, layer.stride, layer.padding));
        break;
      case LayerKind::batch_norm: {
        const auto by_channel = [&](const char* name) {
          return tensor(layer.name + name).view({1, -1, 1, 1});
        };
        outputs.push_back((input - by_channel(".running_mean")) /
                              (by_channel(".running_var") + 1e-5).sqrt() * by_channel(".weight") +
                          by_channel(".bias"));
        break;
      }
      case LayerKind::relu:
        outputs.push_back(input.clamp_min(0));
        break;
      case LayerKind::average_pool:
        outputs.push_back(at::avg_pool2d(input, layer.kernel, layer.stride, layer.padding,
                                         /*ceil_mode=*/false, /*count_include_pad=*/false));
        break;
      case LayerKind::sum: {
        at::Tensor total = at::zeros_like(input);
        for (const int term : layer.inputs) total = total + outputs[static_cast<std::size_t>(term)];
        outputs.push_back(total);
        break;
      }
      case LayerKind::zero:
        outputs.push_back(input * 0);
        break;
      case LayerKind::global_average:
        outputs.push_back(input.flatten(2).mean(2));
        break;
      case LayerKind::linear:
        outputs.push_back(at::matmul(input, tensor("classifier.weight").t()) +
                          tensor("classifier.bias"));
        break;
      default:
        FAIL("no such layer in a cell of nb201");
    }
  }
  return outputs.back();
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

TEST_CASE("a TorchScript module has the tensors of the state dict, by name",
          "[export][torchscript]") {
  const NasBench201 space({4, 2, 7, 8, 8});
  for (const std::string& arch : cells_of_all_kinds) {
    INFO(arch);
    const ExportedNetwork network = network_of(space, arch);
    const torch::jit::Module module = loaded(archive_of(network));
    const auto tensors = tensors_of(module);
    REQUIRE(tensors.size() == network.state.size());
    for (const auto& [name, tensor] : network.state) CHECK(at::equal(tensors.at(name), tensor));
    std::int64_t trained = 0;
    for (const at::Tensor& parameter : module.parameters()) {
      CHECK(parameter.requires_grad());
      trained += parameter.numel();
    }
    CHECK(trained == space.costs(network.genotype).params);
    CHECK(module.attr("architecture").toStringRef() == arch);
    CHECK(module.is_training());
  }
}

TEST_CASE("a TorchScript module gives the network's logits in both modes",
          "[export][torchscript]") {
  const MacroSettings macro =
      GENERATE(MacroSettings{4, 1, 10, 8, 8}, MacroSettings{3, 2, 5, 12, 8});
  const NasBench201 space(macro);
  const at::Tensor images = some_images(space);
  for (const std::string& arch : cells_of_all_kinds) {
    INFO(arch);
    const ExportedNetwork network = network_of(space, arch);
    const NetworkPlan plan = space.plan(network.genotype);
    torch::jit::Module module = loaded(archive_of(network));
    module.eval();
    CHECK(largest_difference(logits_of(module, images), evaluated(plan, network.state, images)) <
          1e-5);
    module.train();
    const Network reference(plan, StateDict("", network.state, plan, at::kCPU));
    const at::Tensor expected = test::differentiable_logits(reference, images);
    for (int run = 0; run < 3; ++run)  // libtorch recompiles it after the first ones
      CHECK(largest_difference(logits_of(module, images), expected) < 1e-5);
  }
}

TEST_CASE("a TorchScript module collects running statistics in training mode only",
          "[export][torchscript]") {
  const NasBench201 space({4, 1, 10, 8, 8});
  const ExportedNetwork network = network_of(space, cells_of_all_kinds.front());
  const at::Tensor images = some_images(space);
  torch::jit::Module module = loaded(archive_of(network));
  module.eval();
  logits_of(module, images);
  const auto tensor = [&](const std::string& name) { return tensors_of(module).at(name); };
  CHECK(at::equal(tensor("stem.1.running_mean"), network.state.at("stem.1.running_mean")));
  module.train();
  logits_of(module, images);
  const at::Tensor seen = at::conv2d(images, network.state.at("stem.0.weight"), {}, 1, 1);
  CHECK(at::allclose(tensor("stem.1.running_mean"),
                     0.9 * network.state.at("stem.1.running_mean") + 0.1 * seen.mean({0, 2, 3})));
  CHECK(at::allclose(
      tensor("stem.1.running_var"),
      0.9 * network.state.at("stem.1.running_var") + 0.1 * seen.var({0, 2, 3}, /*unbiased=*/true)));
  CHECK(tensor("lastact.0.num_batches_tracked").item<std::int64_t>() ==
        network.state.at("lastact.0.num_batches_tracked").item<std::int64_t>() + 1);
}

TEST_CASE("what is done with a loaded TorchScript module is not done to the exported tensors",
          "[export][torchscript]") {
  const NasBench201 space({4, 1, 10, 8, 8});
  const ExportedNetwork network = network_of(space, cells_of_all_kinds.front());
  for (const auto& entry : network.state) CHECK_FALSE(entry.second.requires_grad());
  archive_of(network);
  for (const auto& entry : network.state) CHECK_FALSE(entry.second.requires_grad());
}

TEST_CASE("equal networks give equal TorchScript files", "[export][torchscript]") {
  const NasBench201 space({4, 2, 10, 8, 8});
  const auto archive = [&](const std::string& arch) { return archive_of(network_of(space, arch)); };
  const std::string first = archive(cells_of_all_kinds[0]);
  CHECK(first != archive(cells_of_all_kinds[1]));
  CHECK(first == archive(cells_of_all_kinds[0]));
}

TEST_CASE("exported networks give the logits of the published implementation",
          "[export][torchscript][published]") {
  const auto folder = std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/golden/nb201_small";
  const auto golden = nlohmann::json::parse(read_file(folder / "golden.json"));
  const Minibatch batch = load_minibatch(folder / golden.at("batch").get<std::string>());
  for (const auto& network : golden.at("cases")) {
    const auto arch = network.at("arch").get<std::string>();
    INFO(arch);
    const NasBench201 space({network.at("C"), network.at("N"), network.at("num_classes"),
                             static_cast<int>(batch.images.size(2)),
                             static_cast<int>(batch.images.size(3))});
    torch::jit::Module module =
        loaded(archive_of({space, space.parse(arch),
                           load_tensor_file(folder / network.at("weights").get<std::string>())}));
    const auto row = network.at("logits_row0").get<std::vector<double>>();
    CHECK(largest_difference(logits_of(module, batch.images)[0], at::tensor(row)) < 1e-5);
  }
}

}  // namespace
}  // namespace wrcor
