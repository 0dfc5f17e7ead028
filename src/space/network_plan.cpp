#include "wrcor/space/network_plan.h"

#include <functional>
#include <numeric>

namespace wrcor {

std::string_view to_string(Side side) {
  return side == Side::activation ? "activation" : "gradient";
}

std::int64_t Parameter::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::int64_t NetworkPlan::params() const {
  std::int64_t total = 0;
  for (const Layer& layer : layers) {
    for (const Parameter& parameter : layer.parameters) total += parameter.size();
  }
  return total;
}

std::int64_t NetworkPlan::flops() const {
  std::int64_t total = 0;
  for (const Layer& layer : layers) {
    for (const Parameter& parameter : layer.parameters) {
      if (parameter.role == ParameterRole::weight)
        total += parameter.size() * layer.out.height * layer.out.width;
    }
  }
  return total;
}

}  // namespace wrcor
