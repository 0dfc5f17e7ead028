// What the vector code of convolutions shares. Included once for each instruction set, between
// HWY_BEFORE_NAMESPACE() and HWY_AFTER_NAMESPACE(), so without a guard.

namespace wrcor::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
constexpr std::size_t wide_height = 6;  // of 16 registers
#else
constexpr std::size_t wide_height = 12;  // of 32
#endif

/// Rows that are multiplied together: as many as every height of a block divides.
constexpr std::size_t batch = 24;

/// A batch of rows of inputs.
struct InputRows {
  const float* first;
  std::size_t distance;  ///< from one to the next; should be known when it is compiled: an address
                         ///< of every row is more than the processor has registers for
  std::size_t depth;     ///< inputs in a row
};

/// [height, width] products: vectors of outputs, to sum in registers.
/// @param store  is given a sum, its row and its first output, beginning with 0
template <std::size_t height, std::size_t width, typename Lanes, typename Store>
HWY_INLINE void multiply_block(Lanes lanes, const float* HWY_RESTRICT inputs, std::size_t distance,
                               std::size_t depth, const float* HWY_RESTRICT weights,
                               std::size_t outputs, const Store& store) {
  namespace hn = hwy::HWY_NAMESPACE;
  using V = hn::Vec<Lanes>;
  const std::size_t step = hn::Lanes(lanes);
  V sums[height][width];
  for (auto& row : sums) {
    for (V& sum : row) sum = hn::Zero(lanes);
  }
  for (std::size_t c = 0; c < depth; ++c) {
    V weight[width];
    for (std::size_t k = 0; k < width; ++k)
      weight[k] = hn::LoadU(lanes, weights + c * outputs + k * step);
    for (std::size_t t = 0; t < height; ++t) {
      const V input = hn::Set(lanes, inputs[t * distance + c]);
      for (std::size_t k = 0; k < width; ++k) sums[t][k] = hn::MulAdd(input, weight[k], sums[t][k]);
    }
  }
  for (std::size_t t = 0; t < height; ++t) {
    for (std::size_t k = 0; k < width; ++k) store(sums[t][k], t, k * step);
  }
}

/// Products of all rows.
/// @param store  is given a sum, its row and its first output
template <typename Lanes, typename Store>
HWY_INLINE void multiply_rows(Lanes lanes, const InputRows& rows, const float* weights,
                              std::size_t outputs, const Store& store) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto in_blocks = [&]<std::size_t height, std::size_t width>() HWY_ATTR {
    for (std::size_t t = 0; t < batch; t += height) {
      for (std::size_t k = 0; k < outputs; k += width * hn::Lanes(lanes)) {
        multiply_block<height, width>(lanes, rows.first + t * rows.distance, rows.distance,
                                      rows.depth, weights + k, outputs,
                                      [&](auto sum, std::size_t row, std::size_t output)
                                          HWY_ATTR { store(sum, t + row, k + output); });
      }
    }
  };
  if (outputs % (2 * hn::Lanes(lanes)) == 0) {
    in_blocks.template operator()<wide_height, 2>();
  } else {
    in_blocks.template operator()<12, 1>();
  }
}

/// Calls work with a number of channels that is known when it is compiled: this one where it is
/// usual, else 0.
template <typename Work>
void with_known_channels(std::size_t channels, const Work& work) {
  switch (channels) {
    case 16:
      return work(std::integral_constant<std::size_t, 16>());
    case 32:
      return work(std::integral_constant<std::size_t, 32>());
    case 64:
      return work(std::integral_constant<std::size_t, 64>());
    default:
      return work(std::integral_constant<std::size_t, 0>());
  }
}

/// max(0, x), where a NaN stays one.
template <typename Lanes, typename V = hwy::HWY_NAMESPACE::Vec<Lanes>>
HWY_INLINE V rectified(Lanes lanes, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(lanes)), x);
}

template <typename Lanes>
HWY_INLINE void copy_rectified(Lanes lanes, const float* HWY_RESTRICT source, std::size_t length,
                               float* HWY_RESTRICT target) {
  namespace hn = hwy::HWY_NAMESPACE;
  for (std::size_t c = 0; c < length; c += hn::Lanes(lanes))
    hn::StoreU(rectified(lanes, hn::LoadU(lanes, source + c)), lanes, target + c);
}

/// A gradient behind a ReLU.
/// @param at  its index, a multiple of the lanes
template <typename Lanes, typename V = hwy::HWY_NAMESPACE::Vec<Lanes>>
HWY_INLINE V passed_back(Lanes lanes, V gradient, const std::uint8_t* mask, std::size_t at) {
  namespace hn = hwy::HWY_NAMESPACE;
  if constexpr (hn::MaxLanes(lanes) >= 8) {
    return hn::IfThenElseZero(hn::LoadMaskBits(lanes, mask + at / 8), gradient);
  } else {
    const std::uint8_t bits[8] = {static_cast<std::uint8_t>(mask[at / 8] >> (at % 8))};
    return hn::IfThenElseZero(hn::LoadMaskBits(lanes, bits), gradient);
  }
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
