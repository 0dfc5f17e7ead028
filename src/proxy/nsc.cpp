// nsc: neural spectral capacity, from the shapes of the weights alone: the sum over the matrices of
// convolution and linear layers, [outputs, inputs of one output], of E ln det(I + W W^T) for large
// W of Xavier's initialisation, deviation s = sqrt(2 / (outputs + inputs)). With p the smaller and
// q the larger side, that is p E ln(1 + q s^2 x), x distributed as by Marchenko and Pastur with
// ratio p / q. A grouped convolution is a matrix for each group. Topology, batch norm and biases do
// not count. Source: Zhu, Zhao and Lu, arXiv 2609.23087, who integrate; the closed form is from
// Tulino and Verdu, Random Matrix Theory and Wireless Communications, 2004, example 2.14.

#include <algorithm>
#include <cmath>

#include "internal/factories.h"

namespace wrcor {
namespace {

double square(double x) { return x * x; }

/// E ln(1 + factor x), x distributed as by Marchenko and Pastur.
/// @param ratio  of the matrix' sides, in (0, 1]
double shannon_transform(double factor, double ratio) {
  const double root = std::sqrt(ratio);
  const double upper = std::sqrt(1 + factor * square(1 + root)),
               lower = std::sqrt(1 + factor * square(1 - root));
  // A quarter of the square of their difference, written without one.
  const double quarter = square(2 * factor * root / (upper + lower));
  return std::log1p(factor - quarter) + std::log1p(factor * ratio - quarter) / ratio -
         quarter / (ratio * factor);
}

double capacity(double outputs, double inputs) {
  const auto [smaller, larger] = std::minmax(outputs, inputs);
  return smaller * shannon_transform(larger * 2 / (outputs + inputs), smaller / larger);
}

class Nsc final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  Score score(const Observation& seen) const override {
    double total = 0;
    for (const int number : seen.network().weight_layers()) {
      const Layer& layer = seen.plan().layers[static_cast<std::size_t>(number)];
      const Parameter& weight = layer.parameters.front();
      const auto outputs = static_cast<double>(weight.shape[0] / layer.groups);
      total += layer.groups * capacity(outputs, static_cast<double>(weight.fan_in));
    }
    return Score::of(total);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_nsc(const ProxyContext&) { return std::make_unique<Nsc>(); }

}  // namespace wrcor
