#include "eval/batch_policy.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "eval/device.h"
#include "wrcor/core/error.h"

namespace wrcor {

std::vector<Evaluation> BatchPolicy::evaluate(std::span<const Genotype> genotypes,
                                              const Alone& alone, const Together& together) {
  if (genotypes.empty()) return {};
  if (genotypes.size() == 1) return {alone(genotypes.front())};
  if (genotypes.size() <= largest_) {
    if (auto evaluations = attempt(genotypes, together)) return *std::move(evaluations);
    release_cached_memory(memory_.device());
  }
  const std::size_t half = genotypes.size() / 2;
  std::vector<Evaluation> evaluations = evaluate(genotypes.first(half), alone, together);
  for (Evaluation& more : evaluate(genotypes.subspan(half), alone, together))
    evaluations.push_back(std::move(more));
  return evaluations;
}

/// No batch of a size that does not fit is attempted again.
std::optional<std::vector<Evaluation>> BatchPolicy::attempt(std::span<const Genotype> genotypes,
                                                            const Together& together) try {
  auto tried = memory_.attempt_once([&] { return together(genotypes); });
  if (!tried.result) {
    const std::size_t most = genotypes.size() / 2;
    for (std::size_t known = largest_;
         known > most && !largest_.compare_exchange_weak(known, most);) {
    }
    spdlog::info("out of memory with {} networks per batch; from here on at most {}",
                 genotypes.size(), most);
  }
  return std::move(tried.result);
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  const std::string reason = first_line(error);
  spdlog::debug("a batch of {} networks failed: {}", genotypes.size(), reason);
  std::call_once(said_failed_, [&] {
    spdlog::warn("cannot evaluate {} networks per batch, tries them in smaller batches: {}",
                 genotypes.size(), reason);
  });
  return std::nullopt;
}

}  // namespace wrcor
