#include "nn/draws.h"

#include "wrcor/core/random.h"

namespace wrcor {
namespace {

std::uint64_t draw_seed(std::uint64_t seed, const char* what, int repeat, WeightsMode mode,
                        const std::string& architecture) {
  const std::string whose = mode == WeightsMode::shared ? "shared" : architecture;
  return derive_seed(seed, {what, std::to_string(repeat), whose});
}

}  // namespace

std::uint64_t weights_seed(std::uint64_t seed, int repeat, WeightsMode mode,
                           const std::string& architecture) {
  return draw_seed(seed, "repeat", repeat, mode, architecture);
}

std::uint64_t noise_seed(std::uint64_t seed, int repeat, WeightsMode mode,
                         const std::string& architecture) {
  return draw_seed(seed, "noise", repeat, mode, architecture);
}

}  // namespace wrcor
