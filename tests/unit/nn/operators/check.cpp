#include "check.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "support/catch.h"
#include "support/vector_targets.h"

namespace wrcor::test {
namespace {

struct Values {
  std::vector<at::Tensor> inputs;
  Network::LayerWeights weights;
  at::Tensor gradient;  ///< at the output
};

at::Tensor leaf(at::IntArrayRef shape) {
  return at::randn(shape, at::kDouble).set_requires_grad(true);
}

Values converted(const Values& values, at::ScalarType type) {
  const auto to_type = [type](const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    const at::Tensor plain = tensor.detach().to(type);
    return plain.dim() == 4 ? plain.contiguous(at::MemoryFormat::ChannelsLast) : plain;
  };
  Values all{
      {}, {to_type(values.weights.weight), to_type(values.weights.bias)}, to_type(values.gradient)};
  for (const at::Tensor& input : values.inputs) all.inputs.push_back(to_type(input));
  return all;
}

void require_near(const at::Tensor& value, const at::Tensor& expected, double tolerance) {
  REQUIRE(value.sizes() == expected.sizes());
  const double size = std::max(1.0, expected.abs().max().item<double>());
  CHECK((value.to(at::kDouble) - expected).abs().max().item<double>() <= tolerance * size);
}

}  // namespace

OneLayer::OneLayer(const std::vector<FeatureShape>& inputs, const Add& add) : shapes_(inputs) {
  PlanBuilder builder;
  std::vector<int> positions;
  for (const FeatureShape& shape : inputs) positions.push_back(builder.input(shape));
  add(builder, positions);
  plan_ = std::move(builder).take();
}

void check_operator(const OneLayer& network, const Reference& reference) {
  constexpr std::int64_t samples = 3;
  const Layer& layer = network.layer();
  const Operator& its = operator_of(layer.kind);
  at::manual_seed(5);
  Values exact;
  for (const auto& [channels, height, width] : network.shapes())
    exact.inputs.push_back(leaf({samples, channels, height, width}));
  for (const Parameter& parameter : layer.parameters)
    (exact.weights.weight.defined() ? exact.weights.bias : exact.weights.weight) =
        leaf(parameter.shape);
  const at::Tensor expected = reference(exact.inputs, exact.weights);
  exact.gradient = at::randn(expected.sizes(), at::kDouble);

  torch::autograd::variable_list leaves(exact.inputs.begin(), exact.inputs.end());
  if (exact.weights.weight.defined()) leaves.push_back(exact.weights.weight);
  const auto derived =
      torch::autograd::grad({expected}, leaves, {exact.gradient}, /*retain_graph=*/{},
                            /*create_graph=*/false, /*allow_unused=*/true);

  // Rates of change, as quotients of differences.
  std::vector<at::Tensor> rates;
  for (const at::Tensor& input : exact.inputs) rates.push_back(at::randn_like(input.detach()));
  const at::Tensor gradient_rate = at::randn_like(exact.gradient);
  const auto at_step = [&](double step) {
    torch::autograd::variable_list moved;
    for (std::size_t k = 0; k < rates.size(); ++k)
      moved.push_back((exact.inputs[k].detach() + rates[k] * step).set_requires_grad(true));
    const at::Tensor output = reference(moved, exact.weights);
    std::vector<at::Tensor> all =
        torch::autograd::grad({output}, moved, {exact.gradient + gradient_rate * step}, {},
                              /*create_graph=*/false, /*allow_unused=*/true);
    all.push_back(output.detach());
    return all;
  };
  std::vector<at::Tensor> expected_rates;
  if (its.passes_gradient()) {
    constexpr double small = 1e-5;
    const auto before = at_step(-small), after = at_step(small);
    for (std::size_t k = 0; k < after.size(); ++k)
      expected_rates.push_back((after[k] - before[k]) / (2 * small));
  }

  const auto check = [&](at::ScalarType type, double tolerance) {
    const at::NoGradGuard no_grad;
    const Values values = converted(exact, type);
    BatchNormState statistics;
    const at::Tensor output = its.forward({.layer = layer,
                                           .weights = values.weights,
                                           .inputs = values.inputs,
                                           .statistics = &statistics});
    require_near(output, expected.detach(), tolerance);
    const BackwardStep step{.layer = layer,
                            .weights = values.weights,
                            .gradient = values.gradient,
                            .shapes = network.shapes(),
                            .inputs = values.inputs,
                            .output = output,
                            .statistics = &statistics};
    for (std::size_t k = 0; k < values.inputs.size(); ++k) {
      INFO("input " << k);
      if (its.passes_gradient()) {
        require_near(its.input_gradient(step, k), derived[k], tolerance);
      } else {
        CHECK((!derived[k].defined() || derived[k].abs().max().item<double>() == 0));
      }
    }
    if (its.passes_gradient()) {
      const auto to_type = [type](const at::Tensor& tensor) {
        return tensor.to(type).contiguous(at::MemoryFormat::ChannelsLast);
      };
      const double rate_tolerance = std::max(tolerance, 1e-7);
      std::vector<at::Tensor> typed;
      for (const at::Tensor& rate : rates) typed.push_back(to_type(rate));
      const ForwardStep forward{.layer = layer,
                                .weights = values.weights,
                                .inputs = values.inputs,
                                .statistics = &statistics};
      require_near(its.rate(forward, typed), expected_rates.back(), rate_tolerance);
      for (std::size_t k = 0; k < typed.size(); ++k) {
        require_near(its.input_gradient_rate(step, gradient_rate.to(type), typed, k),
                     expected_rates[k], rate_tolerance);
      }
    }
    const bool has_weight =
        !layer.parameters.empty() && layer.parameters.front().role == ParameterRole::weight;
    if (has_weight) require_near(its.weight_gradient(step), derived.back(), tolerance);
  };
  check(at::kDouble, 1e-12);
  for_each_vector_target([&](const char* target) {
    INFO("float32, " << target);
    check(at::kFloat, 2e-5);
  });
}

}  // namespace wrcor::test
