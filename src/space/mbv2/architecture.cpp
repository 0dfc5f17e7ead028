#include "architecture.h"

#include <algorithm>

namespace wrcor::mbv2 {
namespace {

/// value / divisor, the even one of two nearest.
int round_half_even(int value, int divisor) {
  const int quotient = value / divisor, twice = 2 * (value % divisor);
  const bool up = twice > divisor || (twice == divisor && quotient % 2 == 1);
  return up ? quotient + 1 : quotient;
}

}  // namespace

int smart_round(int value, int base) { return std::max(base, base * round_half_even(value, base)); }

int squeezed_channels(int channels) { return std::max(1, round_half_even(channels, 4)); }

int Block::depthwise_channels() const { return smart_round(bottleneck * expansion, 8); }

int Architecture::layers() const {
  int total = 0;
  for (const Block& block : blocks) total += block.layers;
  return total;
}

}  // namespace wrcor::mbv2
