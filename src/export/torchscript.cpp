// A TorchScript module, made of the plan: each layer that has tensors is a module at the path of
// its name, and the forward of the whole lists the layers in order of execution.
#include <spdlog/fmt/fmt.h>
#include <torch/csrc/jit/api/module.h>

#include <cctype>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "contents.h"
#include "wrcor/core/suggest.h"
#include "wrcor/nn/batch_norm.h"
#include "wrcor/nn/weights.h"

namespace wrcor {
namespace {

using torch::jit::CompilationUnit;
using torch::jit::Module;

/// What torch.nn calls the module of a layer, and its code.
struct ModuleClass {
  std::string name;
  std::string forward;
};

std::string pair_of(int value) { return fmt::format("[{0}, {0}]", value); }

/// Of a layer that has tensors.
ModuleClass class_of(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::convolution:
      return {"Conv2d", fmt::format("def forward(self, x):\n"
                                    "  return torch.conv2d(x, self.weight, None, {}, {})\n",
                                    pair_of(layer.stride), pair_of(layer.padding))};
    case LayerKind::batch_norm:
      return {"BatchNorm2d",
              fmt::format("def forward(self, x):\n"
                          "  if self.training:\n"
                          "    self.num_batches_tracked.add_(1)\n"
                          "  return torch.batch_norm(x, self.weight, self.bias, self.running_mean, "
                          "self.running_var, self.training, 0.1, {}, True)\n",
                          batch_norm_epsilon)};
    case LayerKind::linear:
      return {"Linear",
              "def forward(self, x):\n"
              "  return torch.linear(x, self.weight, self.bias)\n"};
    default:
      throw std::logic_error("this layer has no tensors");
  }
}

/// "cells.0.op" -> {"cells", "0", "op"}
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream stream(path);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  return parts;
}

/// "stem.0" -> getattr(self.stem, "0"): a name that starts with a digit is no identifier.
std::string module_expression(const std::string& path) {
  std::string expression = "self";
  for (const std::string& part : parts_of(path)) {
    const bool is_number = std::isdigit(static_cast<unsigned char>(part.front())) != 0;
    expression =
        is_number ? fmt::format("getattr({}, \"{}\")", expression, part) : expression + "." + part;
  }
  return expression;
}

/// "cells.0.op" -> "cells_0_op"
std::string variable_of(const Layer& layer) { return join(parts_of(layer.name), "_"); }

std::string output_expression(const Layer& layer, const std::vector<std::string>& inputs) {
  const std::string& input = inputs.front();
  switch (layer.kind) {
    case LayerKind::convolution:
    case LayerKind::batch_norm:
    case LayerKind::linear:
      return fmt::format("{}.forward({})", module_expression(layer.name), input);
    case LayerKind::relu:
      return fmt::format("torch.relu({})", input);
    case LayerKind::average_pool:
      return fmt::format("torch.avg_pool2d({}, {}, {}, {}, False, False)", input,
                         pair_of(layer.kernel), pair_of(layer.stride), pair_of(layer.padding));
    case LayerKind::sum:
      return join(inputs, " + ");
    case LayerKind::zero:
      return fmt::format("torch.zeros_like({})", input);
    case LayerKind::global_average:
      return fmt::format("torch.mean({}, [2, 3])", input);
    case LayerKind::input:
      break;
  }
  throw std::logic_error("the input is not computed");
}

std::string forward_source(const NetworkPlan& plan) {
  const std::string images = variable_of(plan.layers.front());
  std::string source = fmt::format("def forward(self, {}):\n", images);
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    std::vector<std::string> inputs;
    for (const int input : plan.layers[i].inputs)
      inputs.push_back(variable_of(plan.layers[static_cast<std::size_t>(input)]));
    source += fmt::format("  {} = {}\n", variable_of(plan.layers[i]),
                          output_expression(plan.layers[i], inputs));
  }
  return source + fmt::format("  return {}\n", variable_of(plan.layers.back()));
}

class ModuleBuilder {
 public:
  explicit ModuleBuilder(const ExportedNetwork& network) : state_(network.state) {}

  Module network(const NetworkPlan& plan, const std::string& architecture) {
    const Module root = new_module("Network");
    root_ = root;
    root_.register_attribute("architecture", c10::StringType::get(), architecture);
    for (const Layer& layer : plan.layers) {
      if (!parameters_of(plan, layer).empty()) add_layer(plan, layer);
    }
    root_.define(forward_source(plan));
    return root_;
  }

 private:
  /// A module of a class of its own.
  Module new_module(const std::string& name) {
    Module module(c10::QualifiedName("__torch__." + name), unit_, /*shouldMangle=*/true);
    set_training(module);
    return module;
  }

  /// As modules of torch.nn are made.
  static void set_training(Module& module) {
    module.register_attribute("training", c10::BoolType::get(), true);
  }

  void add_layer(const NetworkPlan& plan, const Layer& layer) {
    std::vector<std::string> parts = parts_of(layer.name);
    const std::string name = parts.back();
    parts.pop_back();
    Module parent = root_;
    for (const std::string& part : parts) parent = child(parent, part);
    parent.register_module(name, layer_module(plan, layer));
  }

  Module child(Module& parent, const std::string& name) {
    if (!parent.hasattr(name)) parent.register_module(name, new_module("Container"));
    return parent.attr(name).toModule();
  }

  /// Layers with the same code have one class.
  Module layer_module(const NetworkPlan& plan, const Layer& layer) {
    const auto [name, forward] = class_of(layer);
    const auto known = classes_.find(forward);
    if (known != classes_.end()) {
      Module module(unit_, known->second);
      set_training(module);
      add_tensors(module, plan, layer);
      return module;
    }
    Module module = new_module(name);
    add_tensors(module, plan, layer);
    module.define(forward);
    classes_.emplace(forward, module.type());
    return module;
  }

  void add_tensors(Module& module, const NetworkPlan& plan, const Layer& layer) {
    for (const Parameter& parameter : parameters_of(plan, layer)) {
      module.register_parameter(parameter.name.substr(layer.name.size() + 1),
                                copy_of(parameter.name).requires_grad_(), /*is_buffer=*/false);
    }
    if (layer.kind != LayerKind::batch_norm) return;
    for (const char* name : {"running_mean", "running_var", "num_batches_tracked"})
      module.register_buffer(name, copy_of(layer.name + "." + name));
  }

  at::Tensor copy_of(const std::string& name) const { return state_.at(name).detach().clone(); }

  const std::map<std::string, at::Tensor>& state_;
  std::shared_ptr<CompilationUnit> unit_ = std::make_shared<CompilationUnit>();
  Module root_;
  std::map<std::string, c10::ClassTypePtr> classes_;  ///< by code
};

}  // namespace

std::string torchscript_module(const ExportedNetwork& network) {
  const NetworkPlan plan = network.space.plan(network.genotype);
  const Module module =
      ModuleBuilder(network).network(plan, network.space.format(network.genotype));
  std::ostringstream archive;
  module.save(archive);
  return archive.str();
}

}  // namespace wrcor
