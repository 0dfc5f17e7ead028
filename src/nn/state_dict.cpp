#include <spdlog/spdlog.h>

#include <algorithm>

#include "nn/weights.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

struct Expected {
  std::vector<std::int64_t> shape;
  at::ScalarType type = at::kFloat;
  bool is_counter = false;
};

std::map<std::string, Expected> expected_tensors(const NetworkPlan& plan) {
  std::map<std::string, Expected> expected;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : layer.parameters)
      expected[parameter.name] = {parameter.shape};
    for (const Buffer& buffer : layer.buffers) {
      expected[buffer.name] = {buffer.shape, buffer.is_counter ? at::kLong : at::kFloat,
                               buffer.is_counter};
    }
  }
  return expected;
}

/// The common prefix of all names, "module.model.", if some of them are expected without it; else
/// nothing.
std::string wrapping_prefix(const Tensors& tensors,
                            const std::map<std::string, Expected>& expected) {
  constexpr int most_levels = 8;
  if (tensors.empty()) return {};
  const std::string& first = tensors.begin()->first;
  std::size_t end = 0;
  for (int level = 0; level < most_levels && (end = first.find('.', end)) != first.npos; ++level) {
    const std::string prefix = first.substr(0, ++end);
    const auto begins_with_it = [&](const auto& entry) { return entry.first.starts_with(prefix); };
    const auto is_expected = [&](const auto& entry) {
      return expected.contains(entry.first.substr(end));
    };
    if (!std::ranges::all_of(tensors, begins_with_it)) return {};
    if (std::ranges::any_of(tensors, is_expected)) return prefix;
  }
  return {};
}

/// The tensors under the network's names for them.
Tensors unwrapped(Tensors tensors, const std::map<std::string, Expected>& expected,
                  const std::string& origin) {
  const std::string prefix = wrapping_prefix(tensors, expected);
  if (prefix.empty()) return tensors;
  spdlog::info("'{}': the names of the weights are taken without '{}', which all begin with",
               origin, prefix);
  Tensors renamed;
  for (auto& [name, tensor] : tensors) renamed.emplace(name.substr(prefix.size()), tensor);
  return renamed;
}

std::string describe(at::IntArrayRef shape, at::ScalarType type) {
  std::string text = std::string(at::toString(type)) + " [";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ",") + std::to_string(shape[i]);
  return text + "]";
}

/// The first ten of the names.
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 10;
  const std::size_t count = std::min(shown, names.size());
  std::string text = join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)});
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

void append(std::string& message, const std::string& title, const std::vector<std::string>& names) {
  if (!names.empty()) message += "; " + title + ": " + list_of(names);
}

void require_fit(const Tensors& tensors, const std::map<std::string, Expected>& expected,
                 const std::string& origin) {
  std::vector<std::string> missing, unknown, mismatched;
  for (const auto& [name, want] : expected) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      missing.push_back(name);
    } else if (found->second.sizes() != at::IntArrayRef(want.shape) ||
               found->second.scalar_type() != want.type) {
      mismatched.push_back(name + " (" +
                           describe(found->second.sizes(), found->second.scalar_type()) +
                           ", expected " + describe(want.shape, want.type) + ")");
    }
  }
  for (const auto& entry : tensors) {
    if (!expected.contains(entry.first)) unknown.push_back(entry.first);
  }
  if (missing.empty() && unknown.empty() && mismatched.empty()) return;
  std::string message =
      "'" + origin + "' does not hold the weights of this architecture at these sizes";
  append(message, "missing", missing);
  append(message, "unknown", unknown);
  append(message, "mismatched", mismatched);
  throw DataError(message);
}

void require_finite(const Tensors& tensors, const std::string& origin) {
  std::vector<std::string> broken;
  for (const auto& [name, tensor] : tensors) {
    if (!at::isfinite(tensor).all().item<bool>()) broken.push_back(name);
  }
  if (broken.empty()) return;
  throw DataError("'" + origin + "': found NaN or infinity in " + list_of(broken) +
                  ", expected finite numbers; the training that wrote it has diverged, or the "
                  "file is damaged");
}

}  // namespace

StateDict::StateDict(const std::string& origin, std::map<std::string, at::Tensor> tensors,
                     const NetworkPlan& plan, at::Device device) {
  const std::map<std::string, Expected> expected = expected_tensors(plan);
  tensors_ = unwrapped(std::move(tensors), expected, origin);
  for (const auto& [name, want] : expected) {
    if (want.is_counter) tensors_.try_emplace(name, at::zeros({}, at::kLong));
  }
  require_fit(tensors_, expected, origin);
  require_finite(tensors_, origin);
  for (auto& entry : tensors_) entry.second = entry.second.to(device).contiguous();
}

at::Tensor StateDict::get(const Parameter& parameter) const { return tensors_.at(parameter.name); }

}  // namespace wrcor
