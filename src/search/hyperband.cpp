#include "search/hyperband.h"

#include <cstdint>

namespace wrcor {

std::vector<Bracket> hyperband_brackets(std::span<const int> epochs) {
  std::vector<Bracket> brackets;
  const std::uint64_t fidelities = epochs.size();
  const auto full = static_cast<std::uint64_t>(epochs.back());
  for (std::size_t first = 0; first < fidelities; ++first) {
    const std::uint64_t divisor = (fidelities - first) * static_cast<std::uint64_t>(epochs[first]);
    const std::uint64_t networks = (fidelities * full + divisor - 1) / divisor;
    brackets.push_back(halving_bracket(epochs, first, networks));
  }
  return brackets;
}

}  // namespace wrcor
