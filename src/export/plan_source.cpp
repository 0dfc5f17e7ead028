// Python source of any network from its plan: each layer that has tensors is a module at the path
// of its name, and the forward of the whole lists the layers in order of execution.
#include "internal/plan_source.h"

#include <spdlog/fmt/fmt.h>

#include <map>
#include <stdexcept>

#include "internal/layer_names.h"
#include "nn/operator.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view support = R"(aten = torch.ops.aten


def uniform(shape, bound):
    return nn.Parameter(torch.empty(shape).uniform_(-bound, bound))


def normal(shape, deviation):
    return nn.Parameter(torch.empty(shape).normal_(0, deviation))


def constant(shape, value):
    return nn.Parameter(torch.full(shape, value))


class Layer(nn.Module):
    """Holds the tensors of a layer."""

    def __init__(self, parameters, buffers={}):
        super().__init__()
        for name, parameter in parameters.items():
            self.register_parameter(name, parameter)
        for name, buffer in buffers.items():
            self.register_buffer(name, buffer)


def place(root, path, layer):
    """Makes the layer a submodule: "stem.0" is the module "0" of the module "stem"."""
    *parents, name = path.split(".")
    for parent in parents:
        if not hasattr(root, parent):
            root.add_module(parent, nn.Module())
        root = getattr(root, parent)
    root.add_module(name, layer)
)";

std::string number(double value) { return fmt::format("{:.9g}", value); }

std::string shape_tuple(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) sizes.push_back(std::to_string(size));
  return "(" + join(sizes) + (sizes.size() == 1 ? ",)" : ")");
}

std::string drawn(const Parameter& parameter) {
  const auto [kind, size] = parameter.initial;
  switch (kind) {
    case Distribution::Kind::constant:
      return fmt::format("constant({}, {})", shape_tuple(parameter.shape),
                         fmt::format("{:.1f}", size));
    case Distribution::Kind::uniform:
      return fmt::format("uniform({}, {})", shape_tuple(parameter.shape), number(size));
    case Distribution::Kind::normal:
      return fmt::format("normal({}, {})", shape_tuple(parameter.shape), number(size));
  }
  throw std::logic_error("unknown distribution");
}

std::string initial(const Buffer& buffer) {
  if (buffer.is_counter) return "torch.tensor(0)";
  return fmt::format("torch.full({}, {:.1f})", shape_tuple(buffer.shape), buffer.initial);
}

/// Code of TorchScript as Python, where `torch.` has only some of the operators.
std::string as_python(std::string code) {
  constexpr std::string_view there = "torch.", here = "aten.";
  for (std::size_t at = code.find(there); at != code.npos; at = code.find(there, at + here.size()))
    code.replace(at, there.size(), here);
  return code;
}

/// "weight" of "stem.0.weight"
std::string attribute(const std::string& name, const Layer& layer) {
  return name.substr(layer.name.size() + 1);
}

std::string tensors(const Layer& layer) {
  std::vector<std::string> parameters, buffers;
  for (const Parameter& parameter : layer.parameters)
    parameters.push_back(
        fmt::format("\"{}\": {}", attribute(parameter.name, layer), drawn(parameter)));
  for (const Buffer& buffer : layer.buffers)
    buffers.push_back(fmt::format("\"{}\": {}", attribute(buffer.name, layer), initial(buffer)));
  const std::string first = "{" + join(parameters) + "}";
  return buffers.empty() ? first : first + ", {" + join(buffers) + "}";
}

/// The classes of layers with tensors, one for each code, and the name of each layer's class.
class LayerClasses {
 public:
  explicit LayerClasses(const NetworkPlan& plan) {
    for (const Layer& layer : plan.layers) {
      if (!layer.parameters.empty()) add(layer);
    }
  }

  const std::string& of(const Layer& layer) const { return by_code_.at(code_of(layer)); }
  const std::string& source() const { return source_; }

 private:
  static std::string code_of(const Layer& layer) {
    const std::string input = "x";
    const TorchScript code = operator_of(layer.kind).torchscript(layer, {&input, 1});
    return "    def forward(self, x):\n" + as_python(body_of(code.statements_before)) +
           "        return " + as_python(code.expression) + "\n";
  }

  /// Statements that are indented by two a level, as Python's are by four below a method.
  static std::string body_of(const std::string& statements) {
    std::string body;
    for (std::size_t start = 0; start < statements.size();) {
      const std::size_t end = std::min(statements.find('\n', start), statements.size());
      const std::string line = statements.substr(start, end - start);
      const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
      body += "    " + std::string(2 * indent, ' ') + line.substr(indent) + "\n";
      start = end + 1;
    }
    return body;
  }

  void add(const Layer& layer) {
    const std::string code = code_of(layer);
    if (by_code_.contains(code)) return;
    const std::string input = "x";
    const std::string kind = operator_of(layer.kind).torchscript(layer, {&input, 1}).module_class;
    const std::string name = fmt::format("{}{}", kind, ++count_[kind]);
    by_code_[code] = name;
    source_ += fmt::format("class {}(Layer):\n{}\n\n", name, code);
  }

  std::map<std::string, std::string> by_code_;
  std::map<std::string, int> count_;
  std::string source_;
};

}  // namespace

std::string plan_source(const NetworkPlan& plan, int classes_count) {
  const LayerClasses classes(plan);
  std::string made, steps;
  for (const Layer& layer : plan.layers) {
    if (layer.parameters.empty()) continue;
    made += fmt::format("        place(self, \"{}\", {}({}))\n", layer.name, classes.of(layer),
                        tensors(layer));
  }
  for (std::size_t i = 1; i < plan.layers.size(); ++i)
    steps += "        " + as_python(layer_statement(plan, i)) + "\n";
  return fmt::format(
      "{}\n\n{}class Network(nn.Module):\n"
      "    \"\"\"Takes images [N, {}, {}, {}]; gives logits [N, {}].\"\"\"\n\n"
      "    def __init__(self):\n        super().__init__()\n{}\n"
      "    def forward(self, {}):\n{}        return {}\n",
      support, classes.source(), plan.layers.front().out.channels, plan.layers.front().out.height,
      plan.layers.front().out.width, classes_count, made, layer_variable(plan.layers.front()),
      steps, layer_variable(plan.layers.back()));
}

}  // namespace wrcor
