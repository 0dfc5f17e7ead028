#include "internal/layer_names.h"

#include <spdlog/fmt/fmt.h>

#include <cctype>
#include <sstream>

#include "nn/operator.h"
#include "wrcor/core/registry.h"

namespace wrcor {

std::vector<std::string> parts_of_name(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream stream(path);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  return parts;
}

std::string layer_variable(const Layer& layer) { return join(parts_of_name(layer.name), "_"); }

namespace {

/// "stem.0" -> getattr(self.stem, "0"): a name that starts with a digit is no identifier.
std::string module_expression(const std::string& path) {
  std::string expression = "self";
  for (const std::string& part : parts_of_name(path)) {
    const bool is_number = std::isdigit(static_cast<unsigned char>(part.front())) != 0;
    expression =
        is_number ? fmt::format("getattr({}, \"{}\")", expression, part) : expression + "." + part;
  }
  return expression;
}

std::string output_expression(const Layer& layer, const std::vector<std::string>& inputs) {
  if (!layer.parameters.empty())
    return fmt::format("{}.forward({})", module_expression(layer.name), inputs.front());
  return operator_of(layer.kind).torchscript(layer, inputs).expression;
}

}  // namespace

std::string layer_statement(const NetworkPlan& plan, std::size_t i) {
  const Layer& layer = plan.layers[i];
  std::vector<std::string> inputs;
  for (const int input : layer.inputs)
    inputs.push_back(layer_variable(plan.layers[static_cast<std::size_t>(input)]));
  return fmt::format("{} = {}", layer_variable(layer), output_expression(layer, inputs));
}

}  // namespace wrcor
