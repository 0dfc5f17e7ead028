#pragma once

#include "support/catch.h"
#include "wrcor/space/network_plan.h"

namespace wrcor::test {

/// Requires every field of every layer, and every response, to be equal.
inline void require_equal_plans(const NetworkPlan& a, const NetworkPlan& b) {
  REQUIRE(a.layers.size() == b.layers.size());
  for (std::size_t k = 0; k < a.layers.size(); ++k) {
    const Layer &x = a.layers[k], &y = b.layers[k];
    REQUIRE(x.name == y.name);
    REQUIRE(x.kind == y.kind);
    REQUIRE(x.inputs == y.inputs);
    REQUIRE(x.out == y.out);
    REQUIRE(x.kernel == y.kernel);
    REQUIRE(x.stride == y.stride);
    REQUIRE(x.padding == y.padding);
    REQUIRE(x.groups == y.groups);
    REQUIRE(x.first_channel == y.first_channel);
    REQUIRE(x.epsilon == y.epsilon);
    REQUIRE(x.modules == y.modules);
    REQUIRE(x.parameters.size() == y.parameters.size());
    for (std::size_t p = 0; p < x.parameters.size(); ++p) {
      REQUIRE(x.parameters[p].name == y.parameters[p].name);
      REQUIRE(x.parameters[p].shape == y.parameters[p].shape);
      REQUIRE(x.parameters[p].role == y.parameters[p].role);
      REQUIRE(x.parameters[p].fan_in == y.parameters[p].fan_in);
      REQUIRE(x.parameters[p].fan_out == y.parameters[p].fan_out);
      REQUIRE(x.parameters[p].initial.kind == y.parameters[p].initial.kind);
      REQUIRE(x.parameters[p].initial.size == y.parameters[p].initial.size);
    }
    REQUIRE(x.buffers.size() == y.buffers.size());
    for (std::size_t p = 0; p < x.buffers.size(); ++p) {
      REQUIRE(x.buffers[p].name == y.buffers[p].name);
      REQUIRE(x.buffers[p].shape == y.buffers[p].shape);
    }
  }
  const bool same_taps = a.taps == b.taps;  // which cannot be printed
  REQUIRE(same_taps);
  REQUIRE(a.blocks == b.blocks);
  REQUIRE(a.features == b.features);
}

}  // namespace wrcor::test
