#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "eval/memory_policy.h"
#include "wrcor/score/evaluation.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// How lists of genotypes are evaluated as batches: whole as long as that fits, else in halves.
/// Safe to use from several threads.
class BatchPolicy {
 public:
  using Alone = std::function<Evaluation(const Genotype&)>;
  using Together = std::function<std::vector<Evaluation>(std::span<const Genotype>)>;

  /// @param memory  outlives the policy
  explicit BatchPolicy(MemoryPolicy& memory) : memory_(memory) {}

  /// A batch that does not fit, or in which something goes wrong that may concern one network only,
  /// is divided.
  std::vector<Evaluation> evaluate(std::span<const Genotype> genotypes, const Alone& alone,
                                   const Together& together);

 private:
  std::optional<std::vector<Evaluation>> attempt(std::span<const Genotype> genotypes,
                                                 const Together& together);

  MemoryPolicy& memory_;
  std::atomic<std::size_t> largest_{std::numeric_limits<std::size_t>::max()};  ///< that may fit
  std::once_flag said_failed_;
};

}  // namespace wrcor
