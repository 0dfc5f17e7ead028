// A TorchScript module, built from the plan: each layer that has tensors is a module at the path of
// its name, and the forward of the whole lists the layers in order of execution.
#include <spdlog/fmt/fmt.h>
#include <torch/csrc/jit/api/module.h>

#include <memory>
#include <sstream>

#include "internal/contents.h"
#include "internal/layer_names.h"
#include "nn/operator.h"

namespace wrcor {
namespace {

using torch::jit::CompilationUnit;
using torch::jit::Module;

/// The code of the module of a layer that has tensors.
std::string module_source(const TorchScript& code) {
  return fmt::format("def forward(self, x):\n{}  return {}\n", code.statements_before,
                     code.expression);
}

std::string forward_source(const NetworkPlan& plan) {
  std::string source = fmt::format("def forward(self, {}):\n", layer_variable(plan.layers.front()));
  for (std::size_t i = 1; i < plan.layers.size(); ++i)
    source += "  " + layer_statement(plan, i) + "\n";
  return source + fmt::format("  return {}\n", layer_variable(plan.layers.back()));
}

class ModuleBuilder {
 public:
  explicit ModuleBuilder(const ExportedNetwork& network) : state_(network.state) {}

  Module network(const NetworkPlan& plan, const std::string& architecture) {
    const Module root = new_module("Network");
    root_ = root;
    root_.register_attribute("architecture", c10::StringType::get(), architecture);
    for (const Layer& layer : plan.layers) {
      if (!layer.parameters.empty()) add_layer(layer);
    }
    root_.define(forward_source(plan));
    return root_;
  }

 private:
  /// A module with its own class.
  Module new_module(const std::string& name) {
    Module module(c10::QualifiedName("__torch__." + name), unit_, /*shouldMangle=*/true);
    set_training(module);
    return module;
  }

  /// As modules of torch.nn are made.
  static void set_training(Module& module) {
    module.register_attribute("training", c10::BoolType::get(), true);
  }

  void add_layer(const Layer& layer) {
    std::vector<std::string> parts = parts_of_name(layer.name);
    const std::string name = parts.back();
    parts.pop_back();
    Module parent = root_;
    for (const std::string& part : parts) parent = child(parent, part);
    parent.register_module(name, layer_module(layer));
  }

  Module child(Module& parent, const std::string& name) {
    if (!parent.hasattr(name)) parent.register_module(name, new_module("Container"));
    return parent.attr(name).toModule();
  }

  /// Layers with the same code have one class.
  Module layer_module(const Layer& layer) {
    const std::string input = "x";
    const TorchScript code = operator_of(layer.kind).torchscript(layer, {&input, 1});
    const std::string forward = module_source(code);
    const auto known = classes_.find(forward);
    if (known != classes_.end()) {
      Module module(unit_, known->second);
      set_training(module);
      add_tensors(module, layer);
      return module;
    }
    Module module = new_module(code.module_class);
    add_tensors(module, layer);
    module.define(forward);
    classes_.emplace(forward, module.type());
    return module;
  }

  void add_tensors(Module& module, const Layer& layer) {
    for (const Parameter& parameter : layer.parameters) {
      module.register_parameter(attribute_of(parameter.name, layer),
                                copy_of(parameter.name).requires_grad_(), /*is_buffer=*/false);
    }
    for (const Buffer& buffer : layer.buffers)
      module.register_buffer(attribute_of(buffer.name, layer), copy_of(buffer.name));
  }

  static std::string attribute_of(const std::string& name, const Layer& layer) {
    return name.substr(layer.name.size() + 1);
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
