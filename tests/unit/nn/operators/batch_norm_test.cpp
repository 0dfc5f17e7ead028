#include "nn/batch_norm.h"

#include "check.h"
#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;

namespace {

constexpr double epsilon = 1e-5;

}  // namespace

TEST_CASE("batch norms of any epsilon and number of channels", "[nn][operators]") {
  for (const double small : {1e-5, 1e-3, 0.5}) {
    const test::OneLayer network({{43, 4, 3}}, [&](PlanBuilder& builder, const auto& inputs) {
      return builder.batch_norm(inputs[0], "norm", small);
    });
    test::check_operator(network, [&](const auto& inputs, const auto& weights) {
      const at::Tensor centred = inputs[0] - inputs[0].mean({0, 2, 3}, true);
      const at::Tensor variance = centred.square().mean({0, 2, 3}, true);
      return centred / (variance + small).sqrt() * weights.weight.view({1, -1, 1, 1}) +
             weights.bias.view({1, -1, 1, 1});
    });
  }
}

TEST_CASE("batch norm and its gradient agree with float64", "[nn][batch_norm]") {
  at::manual_seed(5);
  for (const int channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61, 600}) {
    const at::Tensor input =
        (at::randn({8, channels, 6, 4}) * 3 + 20).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor gradient =
        at::randn({8, channels, 6, 4}).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor weight = at::rand({channels}) + 0.5, bias = at::randn({channels});
    const at::Tensor x = input.to(at::kDouble), g = gradient.to(at::kDouble);
    const at::Tensor mean = x.mean({0, 2, 3}, true);
    const at::Tensor inverse = ((x - mean).square().mean({0, 2, 3}, true) + epsilon).rsqrt();
    const at::Tensor normal = (x - mean) * inverse;
    const at::Tensor w = weight.to(at::kDouble).view({1, -1, 1, 1}),
                     b = bias.to(at::kDouble).view({1, -1, 1, 1});
    const at::Tensor expected_back =
        w * inverse * (g - g.mean({0, 2, 3}, true) - normal * (g * normal).mean({0, 2, 3}, true));
    test::for_each_vector_target([&](const char* target) {
      INFO(target << ": " << channels << " channels");
      BatchNormState state;
      const at::Tensor value = batch_norm(input, weight, bias, epsilon, state);
      const at::Tensor back = batch_norm_backward(gradient, weight, state);
      CHECK((value.to(at::kDouble) - (normal * w + b)).abs().max().item<double>() < 1e-5);
      CHECK((back.to(at::kDouble) - expected_back).abs().max().item<double>() < 1e-6);
      CHECK(value.is_contiguous(at::MemoryFormat::ChannelsLast));
    });
  }
}

TEST_CASE("values whose squares float32 cannot hold are normalised all the same",
          "[nn][batch_norm]") {
  at::manual_seed(7);
  const at::Tensor input = at::randn({8, 4, 6, 4}).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor weight = at::ones({4}), bias = at::zeros({4});
  BatchNormState state;
  const at::Tensor usual = batch_norm(input, weight, bias, epsilon, state);
  for (const double scale : {1e15, 1e25, 1e36}) {
    INFO(scale);
    const at::Tensor huge = (input * scale).contiguous(at::MemoryFormat::ChannelsLast);
    CHECK((batch_norm(huge, weight, bias, epsilon, state) - usual).abs().max().item<double>() <
          1e-4);
    const at::Tensor back = batch_norm_backward(usual, weight, state);
    CHECK(back.isfinite().all().item<bool>());
  }
}

TEST_CASE("a sum applies batch norms as the layers do, to the last bit", "[nn][batch_norm]") {
  at::manual_seed(6);
  for (const int channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61, 600}) {
    const auto images = [&] {
      return at::randn({5, channels, 9, 7}).contiguous(at::MemoryFormat::ChannelsLast);
    };
    const at::Tensor plain = images(), first = images(), second = images();
    const at::Tensor weight = at::rand({channels}) + 0.5, bias = at::randn({channels});
    test::for_each_vector_target([&](const char* target) {
      INFO(target << ": " << channels << " channels");
      BatchNormState of_first, of_second, other;
      const ChannelScale scale = batch_norm_scale(first, weight, bias, epsilon, of_first),
                         more = batch_norm_scale(second, weight, bias, epsilon, of_second);
      const at::Tensor normal = batch_norm(first, weight, bias, epsilon, other),
                       also = batch_norm(second, weight, bias, epsilon, other);
      CHECK(
          at::equal(scaled_sum(std::vector<Summand>{{first, scale}, {plain, {}}}), normal + plain));
      CHECK(at::equal(scaled_sum(std::vector<Summand>{{plain, {}}, {first, scale}, {second, more}}),
                      plain + normal + also));
    });
  }
  // Without vector code, and without channels.
  const at::Tensor doubles = at::randn({2, 3, 4, 4}, at::kDouble), flat = at::randn({2, 3});
  CHECK(at::equal(scaled_sum(std::vector<Summand>{{doubles, {}}, {doubles, {}}}), doubles * 2));
  CHECK(at::equal(scaled_sum(std::vector<Summand>{{flat, {}}, {flat, {}}}), flat * 2));
}

TEST_CASE("a constant channel has the finite gradient of eps", "[nn][batch_norm]") {
  const at::Tensor input = at::zeros({2, 1, 2, 2});
  const at::Tensor gradient = at::arange(8, at::kFloat).view({2, 1, 2, 2});
  BatchNormState state;
  batch_norm(input, at::ones({1}), at::zeros({1}), epsilon, state);
  const at::Tensor back = batch_norm_backward(gradient, at::ones({1}), state);
  // (gamma / sqrt(eps)) * (g - mean of g): 316.23 * (0 - 3.5) for the first.
  CHECK(back.flatten()[0].item<double>() == Approx(-3.5 / std::sqrt(1e-5)).epsilon(1e-6));
}
