#include "search/successive_halving.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

namespace wrcor {
namespace {

std::vector<std::string> draw_different(std::size_t networks,
                                        const std::function<std::string()>& draw,
                                        const TrainingLedger& ledger) {
  constexpr int most_draws = 1000;  // in vain, in a row
  std::vector<std::string> archs;
  std::set<std::string> known;
  for (int in_vain = 0; archs.size() < networks && in_vain < most_draws && !ledger.over();) {
    std::string arch = draw();
    const bool is_new = known.insert(arch).second;
    in_vain = is_new ? 0 : in_vain + 1;
    if (is_new) archs.push_back(std::move(arch));
  }
  return archs;
}

}  // namespace

Bracket halving_bracket(std::span<const int> epochs, std::size_t first, std::size_t networks) {
  Bracket bracket;
  for (std::size_t fidelity = first; fidelity < epochs.size(); ++fidelity) {
    const std::uint64_t all_epochs = std::uint64_t{networks} * static_cast<unsigned>(epochs[first]);
    const std::uint64_t affordable = all_epochs / static_cast<unsigned>(epochs[fidelity]);
    bracket.push_back({fidelity, std::max<std::size_t>(affordable, 1)});
  }
  return bracket;
}

Bracket widest_bracket(std::span<const int> epochs) {
  const int networks = (epochs.back() + epochs.front() - 1) / epochs.front();
  return halving_bracket(epochs, 0, static_cast<std::size_t>(networks));
}

void run_bracket(const Bracket& bracket, const std::function<std::string()>& draw,
                 TrainingLedger& ledger) {
  std::vector<std::string> archs = draw_different(bracket.front().networks, draw, ledger);
  for (const Rung& rung : bracket) {
    archs.resize(std::min(archs.size(), rung.networks));
    std::vector<std::pair<double, std::string>> outcomes;
    for (std::string& arch : archs) {
      const std::optional<double> validation = ledger.train(arch, rung.fidelity);
      if (!validation) return;
      outcomes.emplace_back(*validation, std::move(arch));
    }
    std::stable_sort(outcomes.begin(), outcomes.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    archs.clear();
    for (auto& [validation, arch] : outcomes) archs.push_back(std::move(arch));
  }
}

}  // namespace wrcor
