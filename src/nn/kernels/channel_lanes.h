// Vector code over channels-last tensors. Included once for each instruction set, between
// HWY_BEFORE_NAMESPACE() and HWY_AFTER_NAMESPACE(), so without a guard.

namespace wrcor::HWY_NAMESPACE {
namespace {

/// Calls work(tag) with a tag of as many float32 lanes as divide the channels.
template <typename Work>
void with_channel_lanes(std::size_t channels, const Work& work) {
  namespace hn = hwy::HWY_NAMESPACE;
  if (channels % hn::Lanes(hn::ScalableTag<float>()) == 0) {
    work(hn::ScalableTag<float>());
  } else if (channels % 4 == 0) {
    work(hn::CappedTag<float, 4>());
  } else {
    work(hn::CappedTag<float, 1>());
  }
}

/// Asks for memory before its turn, where the processor does not foresee that it is needed.
[[maybe_unused]] HWY_INLINE void prefetch(const float* first, std::size_t length) {
  constexpr std::size_t cache_line = 64 / sizeof(float);
  for (std::size_t c = 0; c < length; c += cache_line) hwy::Prefetch(first + c);
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
