#include "wrcor/core/random.h"

namespace wrcor {

Seeds seeds_of(std::uint64_t run) {
  const auto derived = [run](const char* part) { return derive_seed(run, {part}); };
  return {derived("data"), derived("weights"), derived("search"), derived("training")};
}

}  // namespace wrcor
