// nsc against an integral, and against random matrices; layers against the published counts.

#include <cmath>

#include "unit/proxy/support.h"

using namespace wrcor;

namespace {

constexpr double pi = 3.14159265358979323846;

/// p E ln(1 + q s^2 x), by the midpoint rule in the angle t of x = 1 + r + 2 sqrt(r) cos t.
double capacity(double p, double q) {
  constexpr int steps = 20'000;
  const double r = p / q, factor = q * 2 / (p + q);
  double sum = 0;
  for (int i = 0; i < steps; ++i) {
    const double t = (i + .5) * pi / steps;
    const double x = 1 + r + 2 * std::sqrt(r) * std::cos(t);
    sum += std::log(1 + factor * x) * 2 * std::sin(t) * std::sin(t) / (pi * x);
  }
  return p * sum * pi / steps;
}

double score_of(NetworkPlan plan, const std::string& proxy) {
  return *test::Subject{"", std::move(plan),
                        std::make_shared<WeightBank>(9, Initialisation::standard, at::kCPU),
                        at::zeros({1, 3, 8, 8}), at::zeros({1}, at::kLong)}
              .score(proxy)
              .value;
}

/// A convolution and a linear layer with the capacity of 2 x 10.
NetworkPlan plan_of(int channels, const PlanBuilder::Window& window) {
  PlanBuilder builder;
  const int convolved = builder.convolution(builder.input({3, 8, 8}), channels, window, "c");
  builder.linear(builder.global_average(convolved, "mean"), 10, "l");
  return std::move(builder).take();
}

}  // namespace

TEST_CASE("nsc equals the integral over the distribution of Marchenko and Pastur", "[proxy]") {
  using Window = PlanBuilder::Window;
  for (const int channels : {1, 2, 16, 27, 64, 300}) {
    for (const Window& window : {Window{}, Window::same(3), Window::same(5)}) {
      const double inputs = 3.0 * window.kernel * window.kernel, outputs = channels;
      CHECK(score_of(plan_of(channels, window), "nsc") ==
            Approx(capacity(std::min(outputs, inputs), std::max(outputs, inputs)) +
                   capacity(std::min(10.0, outputs), std::max(10.0, outputs)))
                .epsilon(1e-10));
    }
  }
}

TEST_CASE("nsc is near the mean of ln det(I + W W^T) of random matrices", "[proxy]") {
  at::manual_seed(1);
  const std::int64_t rows = 64, columns = 288;
  const at::Tensor w =
      at::randn({200, rows, columns}, at::kDouble) * std::sqrt(2.0 / (rows + columns));
  const at::Tensor products = at::matmul(w, w.transpose(1, 2)) + at::eye(rows, at::kDouble);
  const double mean = std::get<1>(at::slogdet(products)).mean().item<double>();
  CHECK(capacity(rows, columns) ==
        Approx(mean).epsilon(2e-3));  // both sides are large, not infinite
}

TEST_CASE("nsc takes a grouped convolution for a matrix of each group", "[proxy]") {
  PlanBuilder builder;
  const int wide = builder.convolution(builder.input({3, 8, 8}), 12, {}, "c");
  const int depthwise = builder.convolution(wide, 12, PlanBuilder::Window::same(3), "d",
                                            {.groups = 12, .bias = true});
  const int halves = builder.convolution(depthwise, 8, {}, "h", {.groups = 2, .bias = false});
  builder.linear(builder.global_average(halves, "mean"), 10, "l");
  CHECK(score_of(std::move(builder).take(), "nsc") ==
        Approx(capacity(3, 12) + 12 * capacity(1, 9) + 2 * capacity(4, 6) + capacity(8, 10)));
}

TEST_CASE("layers counts the tensors that the published code counts", "[proxy]") {
  // 21 and 45 for each convolution edge.
  const NasBench201 space({4, 5, 10, 8, 8});
  CHECK(score_of(space.plan(space.parse("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|")),
                 "layers") == 21);
  CHECK(score_of(space.plan(space.parse("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|"
                                        "none~1|avg_pool_3x3~2|")),
                 "layers") == 21 + 2 * 45);
}
