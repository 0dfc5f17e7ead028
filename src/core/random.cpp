#include "wrcor/core/random.h"

#include <cmath>
#include <numbers>
#include <string>

#include "core/hash.h"

namespace wrcor {

std::uint64_t derive_seed(std::uint64_t master, std::initializer_list<std::string_view> purpose) {
  std::string joined = std::to_string(master);
  for (std::string_view part : purpose) {
    joined += '\x1f';  // unit separator: cannot occur in names
    joined += part;
  }
  return stable_hash({joined});
}

namespace {
__extension__ using Wide = unsigned __int128;
}

std::uint64_t Rng::below(std::uint64_t n) {
  // Lemire's multiply-shift with rejection of the biased low part.
  const std::uint64_t threshold = (0 - n) % n;
  for (;;) {
    const Wide wide = static_cast<Wide>(next()) * n;
    if (static_cast<std::uint64_t>(wide) >= threshold)
      return static_cast<std::uint64_t>(wide >> 64);
  }
}

double Rng::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Rng::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

}  // namespace wrcor
