// The benchmark numbers its cells after Python's random.seed(88); random.shuffle(list). The
// standard fixes every step of that generator, so the numbering is computed instead of stored.

#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <utility>

#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

constexpr std::size_t state_words = std::mt19937::state_size;

/// Fills a generator's state as MT19937's reference `init_by_array` does with a key of one word.
class OneWordKey {
 public:
  using result_type = std::uint32_t;

  explicit OneWordKey(std::uint32_t key) {
    state_[0] = 19650218;
    for (std::uint32_t i = 1; i < state_words; ++i) state_[i] = 1812433253 * folded(i) + i;
    std::uint32_t i = 1;
    for (std::size_t step = 0; step < state_words; ++step) {
      state_[i] = (state_[i] ^ (folded(i) * 1664525)) + key;
      advance(i);
    }
    for (std::size_t step = 0; step + 1 < state_words; ++step) {
      state_[i] = (state_[i] ^ (folded(i) * 1566083941)) - i;
      advance(i);
    }
    state_[0] = 0x80000000;
  }

  template <typename Iterator>
  void generate(Iterator first, Iterator last) const {
    for (std::size_t i = 0; first != last; ++first, ++i) *first = state_[i % state_words];
  }

 private:
  std::uint32_t folded(std::uint32_t i) const { return state_[i - 1] ^ (state_[i - 1] >> 30); }

  void advance(std::uint32_t& i) {
    if (++i < state_words) return;
    state_[0] = state_[state_words - 1];
    i = 1;
  }

  std::array<std::uint32_t, state_words> state_{};
};

/// Uniform below n as Python's `Random._randbelow` draws it.
std::uint32_t draw_below(std::mt19937& generator, std::uint32_t n) {
  const int bits = std::bit_width(n);
  for (;;) {
    const auto draw = static_cast<std::uint32_t>(generator() >> (32 - bits));
    if (draw < n) return draw;
  }
}

struct Numbering {
  std::array<std::uint16_t, NasBench201::cell_count> id_of_index;
  std::array<std::uint16_t, NasBench201::cell_count> index_of_id;

  Numbering() {
    std::iota(id_of_index.begin(), id_of_index.end(), std::uint16_t{0});
    OneWordKey key(88);
    std::mt19937 generator(key);
    for (auto k = static_cast<std::uint32_t>(NasBench201::cell_count - 1); k >= 1; --k) {
      std::swap(id_of_index[k], id_of_index[draw_below(generator, k + 1)]);
    }
    for (std::size_t index = 0; index < NasBench201::cell_count; ++index) {
      index_of_id[id_of_index[index]] = static_cast<std::uint16_t>(index);
    }
  }
};

const Numbering& numbering() {
  static const Numbering numbering;
  return numbering;
}

void require_below_cell_count(const char* what, std::uint64_t value) {
  if (value >= NasBench201::cell_count) {
    throw UsageError("nb201: " + std::string(what) + " " + std::to_string(value) +
                     " is outside 0 .. 15624");
  }
}

}  // namespace

std::uint64_t official_index(std::uint64_t lexicographic_id) {
  require_below_cell_count("lexicographic id", lexicographic_id);
  return numbering().index_of_id[lexicographic_id];
}

std::uint64_t lexicographic_id(std::uint64_t official_index) {
  require_below_cell_count("official index", official_index);
  return numbering().id_of_index[official_index];
}

}  // namespace wrcor
