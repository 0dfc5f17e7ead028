#include "wrcor/config/seeds.h"

#include "wrcor/core/random.h"

namespace wrcor {

Seeds seeds(const Config& config) {
  const auto derived = [&config](const char* part) { return derive_seed(config.run.seed, {part}); };
  return {derived("data"), derived("weights"), derived("search"), derived("training")};
}

}  // namespace wrcor
