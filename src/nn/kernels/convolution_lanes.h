// What the vector code of convolutions shares. Included once for each instruction set, between
// HWY_BEFORE_NAMESPACE() and HWY_AFTER_NAMESPACE(), so without a guard.

namespace wrcor::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
constexpr std::size_t wide_height = 6;  // of 16 registers
#else
constexpr std::size_t wide_height = 12;  // of 32
#endif

/// Rows that are multiplied together: a multiple of every height of a block.
constexpr std::size_t batch = 24;

/// Weights of products, [depth, outputs], in panels: [depth, 2 vectors of outputs] for each pair of
/// vectors, [depth, 1 vector] for a single last one; the panels are padded with zeros.
class Panels {
 public:
  static constexpr hwy::HWY_NAMESPACE::ScalableTag<float> lanes{};

  Panels() = default;
  Panels(std::size_t depth, std::size_t outputs) : depth_(depth), outputs_(outputs) {}

  std::size_t size() const { return depth_ * padded_channels(outputs_); }
  std::size_t outputs() const { return outputs_; }

  /// Index of the panel that starts with this output.
  std::size_t panel(std::size_t output) const { return output * depth_; }
  /// Outputs in such a panel: the distance of its rows.
  std::size_t width(std::size_t output) const {
    const std::size_t pair = 2 * hwy::HWY_NAMESPACE::Lanes(lanes);
    return std::min(pair, padded_channels(outputs_) - output / pair * pair);
  }
  /// Index of the vector of weights that starts with this output.
  std::size_t at(std::size_t row, std::size_t output) const {
    const std::size_t pair = 2 * hwy::HWY_NAMESPACE::Lanes(lanes), first = output / pair * pair;
    return panel(first) + row * width(first) + output - first;
  }

  /// Packs a row of weights.
  HWY_INLINE void take(std::size_t row, const float* weights, float* packed) const {
    for_each_group(outputs_, [&](std::size_t k, auto group) HWY_ATTR {
      hwy::HWY_NAMESPACE::Store(group.load(weights + k), lanes, packed + at(row, k));
    });
  }

 private:
  std::size_t depth_ = 0, outputs_ = 0;
};

/// [height, width] products: vectors of outputs, to sum in registers.
/// @param weights  a panel
/// @param store  receives a sum, its row and its first output, beginning with 0
template <std::size_t height, std::size_t width, typename Distance, typename Depth, typename Store>
HWY_INLINE void multiply_block(const float* HWY_RESTRICT inputs, Distance distance, Depth depth,
                               const float* HWY_RESTRICT weights, const Store& store) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr auto lanes = Panels::lanes;
  using V = hn::Vec<hn::ScalableTag<float>>;
  const std::size_t step = hn::Lanes(lanes);
  V sums[height][width];
  for (auto& row : sums) {
    for (V& sum : row) sum = hn::Zero(lanes);
  }
  for (std::size_t c = 0; c < depth; ++c) {
    V weight[width];
    for (std::size_t k = 0; k < width; ++k)
      weight[k] = hn::Load(lanes, weights + (c * width + k) * step);
    for (std::size_t t = 0; t < height; ++t) {
      const V input = hn::Set(lanes, inputs[t * distance + c]);
      for (std::size_t k = 0; k < width; ++k) sums[t][k] = hn::MulAdd(input, weight[k], sums[t][k]);
    }
  }
  for (std::size_t t = 0; t < height; ++t) {
    for (std::size_t k = 0; k < width; ++k) store(sums[t][k], t, k * step);
  }
}

/// Products of a batch of rows.
/// @param distance  from one row to the next; should be a compile-time constant, because the
///                  processor has too few registers for an address of every row
/// @param depth  of the panels; less than about a hundred is faster as a compile-time constant
/// @param store  receives a sum, its row and its first output
template <typename Distance, typename Depth, typename Store>
HWY_INLINE void multiply_rows(const float* rows, Distance distance, Depth depth,
                              const Panels& panels, const float* weights, const Store& store) {
  const auto in_blocks = [&]<std::size_t height, std::size_t width>(std::size_t k) HWY_ATTR {
    for (std::size_t t = 0; t < batch; t += height) {
      multiply_block<height, width>(rows + t * distance, distance, depth, weights + panels.panel(k),
                                    [&](auto sum, std::size_t row, std::size_t output)
                                        HWY_ATTR { store(sum, t + row, k + output); });
    }
  };
  const std::size_t step = hwy::HWY_NAMESPACE::Lanes(Panels::lanes),
                    outputs = padded_channels(panels.outputs());
  std::size_t k = 0;
  for (; k + 2 * step <= outputs; k += 2 * step) in_blocks.template operator()<wide_height, 2>(k);
  if (k < outputs) in_blocks.template operator()<12, 1>(k);
}

/// Calls work with a number of channels as a compile-time constant: the given one if it is a common
/// one, else 0.
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

/// Calls work with the first of the `known` distances between rows that is at least `length`, as a
/// compile-time constant, or with `length` itself if there is none.
template <std::size_t... known, typename Work>
void with_known_distance(std::size_t length, const Work& work) {
  const bool fits =
      ((length <= known && (work(std::integral_constant<std::size_t, known>()), true)) || ...);
  if (!fits) work(length);
}

/// max(0, x), where a NaN stays one.
template <typename Lanes, typename V = hwy::HWY_NAMESPACE::Vec<Lanes>>
HWY_INLINE V rectified(Lanes lanes, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(lanes)), x);
}

/// Copies numbers, each through the ReLU where `rectify`.
[[maybe_unused]] HWY_INLINE void copy_numbers(bool rectify, const float* HWY_RESTRICT source,
                                              std::size_t length, float* HWY_RESTRICT target) {
  if (!rectify) {
    std::copy_n(source, length, target);
    return;
  }
  for_each_group(length, [&](std::size_t c, auto group) HWY_ATTR {
    group.store(rectified(group.lanes, group.load(source + c)), target + c);
  });
}

/// The gradient at the input of a ReLU, from the one at its output.
/// @tparam whole  whether `at` is always a multiple of 8
/// @param at  index of its first number
template <bool whole = false, typename V>
HWY_INLINE V passed_back(V gradient, const std::uint8_t* mask, std::size_t at) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr hn::ScalableTag<float> lanes;
  if (hn::MaxLanes(lanes) >= 8 && (whole || at % 8 == 0))
    return hn::IfThenElseZero(hn::LoadMaskBits(lanes, mask + at / 8), gradient);
  std::uint8_t bits[8] = {};  // may be loaded as a whole
  for (std::size_t i = 0; i < std::max<std::size_t>(1, hn::MaxLanes(lanes) / 8); ++i) {
    const unsigned two = mask[at / 8 + i] | static_cast<unsigned>(mask[at / 8 + i + 1]) << 8;
    bits[i] = static_cast<std::uint8_t>(two >> at % 8);
  }
  return hn::IfThenElseZero(hn::LoadMaskBits(lanes, bits), gradient);
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
