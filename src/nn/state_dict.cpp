#include <algorithm>

#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"
#include "wrcor/nn/weights.h"

namespace wrcor {
namespace {

struct Expected {
  std::vector<std::int64_t> shape;
  at::ScalarType type = at::kFloat;
};

std::map<std::string, Expected> expected_tensors(const NetworkPlan& plan) {
  std::map<std::string, Expected> expected;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : parameters_of(plan, layer)) {
      expected[parameter.name] = {parameter.shape};
    }
    if (layer.kind == LayerKind::batch_norm) {
      expected[layer.name + ".running_mean"] = {{layer.out.channels}};
      expected[layer.name + ".running_var"] = {{layer.out.channels}};
      expected[layer.name + ".num_batches_tracked"] = {{}, at::kLong};
    }
  }
  return expected;
}

std::string describe(at::IntArrayRef shape, at::ScalarType type) {
  std::string text = std::string(at::toString(type)) + " [";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ",") + std::to_string(shape[i]);
  return text + "]";
}

void append(std::string& message, const std::string& title, const std::vector<std::string>& names) {
  constexpr std::size_t shown = 10;
  if (names.empty()) return;
  const std::size_t count = std::min(shown, names.size());
  message += "; " + title + ": " +
             join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)});
  if (names.size() > shown) message += " and " + std::to_string(names.size() - shown) + " more";
}

}  // namespace

StateDict::StateDict(const std::string& origin, std::map<std::string, at::Tensor> tensors,
                     const NetworkPlan& plan, at::Device device)
    : tensors_(std::move(tensors)) {
  const std::map<std::string, Expected> expected = expected_tensors(plan);
  std::vector<std::string> missing, unknown, mismatched;
  for (const auto& [name, want] : expected) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
      missing.push_back(name);
    } else if (found->second.sizes() != at::IntArrayRef(want.shape) ||
               found->second.scalar_type() != want.type) {
      mismatched.push_back(name + " (" +
                           describe(found->second.sizes(), found->second.scalar_type()) +
                           ", expected " + describe(want.shape, want.type) + ")");
    }
  }
  for (const auto& entry : tensors_) {
    if (!expected.contains(entry.first)) unknown.push_back(entry.first);
  }
  if (!missing.empty() || !unknown.empty() || !mismatched.empty()) {
    std::string message =
        "'" + origin + "' does not hold the weights of this architecture at these sizes";
    append(message, "missing", missing);
    append(message, "unknown", unknown);
    append(message, "mismatched", mismatched);
    throw DataError(message);
  }
  for (auto& entry : tensors_) entry.second = entry.second.to(device).contiguous();
}

at::Tensor StateDict::get(const Parameter& parameter) const { return tensors_.at(parameter.name); }

}  // namespace wrcor
