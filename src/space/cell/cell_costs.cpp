#include "cell_costs.h"

#include <algorithm>
#include <string>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// Scalars of the operations of a cell, all with as many channels.
template <typename Number>
struct CellSums {
  Number weights = 0;
  Number coefficients = 0;
};

template <typename Number>
struct CostNumbers {
  Number params = 0;
  Number flops = 0;
};

/// The sums over the network, in the number type that the caller can afford.
/// @param cell  gives the sums of the cell at a number of channels
template <typename Number, typename Cell>
CostNumbers<Number> network_costs(const CellDefinition& definition, const NetworkInput& input,
                                  const Cell& cell) {
  const auto in = static_cast<Number>(input.image.channels);
  const auto cells = static_cast<Number>(definition.cells_per_stage);
  const auto classes = static_cast<Number>(input.classes);
  auto c = static_cast<Number>(definition.channels);
  auto area = static_cast<Number>(input.image.height) * static_cast<Number>(input.image.width);
  CostNumbers<Number> total{9 * in * c + 2 * c, 9 * in * c * area};
  for (int stage = 0; stage < definition.stages; ++stage) {
    if (stage > 0) {  // convolutions of 18 c^2, 36 c^2 and 2 c^2, batch norms of twice 4 c
      area /= 4;
      total.params += 56 * c * c + 8 * c;
      total.flops += 56 * c * c * area;
      c *= 2;
    }
    const CellSums<Number> sums = cell(c);
    total.params += cells * (sums.weights + sums.coefficients);
    total.flops += cells * sums.weights * area;
  }
  total.params += 2 * c + c * classes + classes;
  total.flops += c * classes;
  return total;
}

}  // namespace

Costs cell_costs(const CellDefinition& definition, const NetworkInput& input,
                 const Genotype& genotype) {
  std::vector<std::int64_t> edges(definition.operations.size());
  for (const int operation : genotype) ++edges[static_cast<std::size_t>(operation)];
  const auto total = network_costs<std::int64_t>(definition, input, [&](std::int64_t channels) {
    CellSums<std::int64_t> sums;
    for (std::size_t k = 0; k < edges.size(); ++k) {
      sums.weights += edges[k] * definition.operations[k].weights(channels);
      sums.coefficients += edges[k] * definition.operations[k].coefficients(channels);
    }
    return sums;
  });
  return {.params = total.params, .flops = total.flops};
}

void require_countable(const CellDefinition& definition, const NetworkInput& input) {
  constexpr int most_cells = 30'000;  // far beyond use; keeps layer positions within an int
  // No operation has more than a convolution with the largest kernel.
  double kernel = 0;
  for (const CellOperation& operation : definition.operations)
    kernel = std::max(kernel, static_cast<double>(operation.kernel));
  const auto edges = static_cast<double>(definition.edge_count());
  const auto largest = network_costs<double>(definition, input, [&](double c) {
    return CellSums<double>{edges * (kernel * kernel + 1) * c * c, edges * 2 * c};
  });
  const bool fits = largest.params <= 0x1p62 && largest.flops <= 0x1p62 &&
                    definition.channels <= 1 << (30 - definition.stages) &&
                    definition.cells_per_stage <= most_cells / definition.stages;
  if (fits) return;
  throw UsageError(
      definition.name + ": the network is too large to count its costs in 64 bits: channels " +
      std::to_string(definition.channels) + ", stages " + std::to_string(definition.stages) +
      ", cells per stage " + std::to_string(definition.cells_per_stage) + ", classes " +
      std::to_string(input.classes) + ", images " + std::to_string(input.image.height) + " x " +
      std::to_string(input.image.width) + "; choose smaller sizes");
}

}  // namespace wrcor
