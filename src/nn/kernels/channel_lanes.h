// Vector code over channels-last tensors. Included once for each instruction set, between
// HWY_BEFORE_NAMESPACE() and HWY_AFTER_NAMESPACE(), so without a guard.

namespace wrcor::HWY_NAMESPACE {
namespace {

/// The first `count` of a vector's numbers, then zeros. Reads nothing past them.
template <typename Lanes>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<Lanes> load_first(Lanes lanes, const float* from,
                                                     std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  return hn::MaskedLoad(hn::FirstN(lanes, count), lanes, from);
#else
  HWY_ALIGN float values[hn::MaxLanes(lanes)] = {};
  std::copy_n(from, count, values);
  return hn::Load(lanes, values);
#endif
}

/// Writes the first `count` of a vector's numbers, and nothing past them.
template <typename Lanes, typename V = hwy::HWY_NAMESPACE::Vec<Lanes>>
HWY_INLINE void store_first(Lanes lanes, V vector, float* to, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  hn::BlendedStore(vector, hn::FirstN(lanes, count), lanes, to);
#else
  HWY_ALIGN float values[hn::MaxLanes(lanes)];
  hn::Store(vector, lanes, values);
  std::copy_n(values, count, to);
#endif
}

/// Some channels side by side, as many as a vector has lanes.
struct WholeGroup {
  static constexpr hwy::HWY_NAMESPACE::ScalableTag<float> lanes{};
  using V = hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::ScalableTag<float>>;

  std::size_t count() const { return hwy::HWY_NAMESPACE::Lanes(lanes); }
  HWY_INLINE V load(const float* from) const { return hwy::HWY_NAMESPACE::LoadU(lanes, from); }
  HWY_INLINE void store(V vector, float* to) const {
    hwy::HWY_NAMESPACE::StoreU(vector, lanes, to);
  }
};

/// The last channels, fewer than a vector has lanes.
struct PartGroup {
  static constexpr hwy::HWY_NAMESPACE::ScalableTag<float> lanes{};
  using V = WholeGroup::V;
  std::size_t channels;

  std::size_t count() const { return channels; }
  HWY_INLINE V load(const float* from) const { return load_first(lanes, from, channels); }
  HWY_INLINE void store(V vector, float* to) const { store_first(lanes, vector, to, channels); }
};

/// Calls work(first channel, group) for all channels, group by group.
template <typename Work>
HWY_INLINE void for_each_group(std::size_t channels, const Work& work) {
  const std::size_t step = hwy::HWY_NAMESPACE::Lanes(WholeGroup::lanes);
  std::size_t c = 0;
  for (; c + step <= channels; c += step) work(c, WholeGroup());
  if (c < channels) work(c, PartGroup{channels - c});
}

/// The number of lanes of all groups.
[[maybe_unused]] HWY_INLINE std::size_t padded_channels(std::size_t channels) {
  const std::size_t step = hwy::HWY_NAMESPACE::Lanes(WholeGroup::lanes);
  return (channels + step - 1) / step * step;
}

/// Prefetches memory that the processor would not prefetch by itself.
[[maybe_unused]] HWY_INLINE void prefetch(const float* first, std::size_t length) {
  constexpr std::size_t cache_line = 64 / sizeof(float);
  for (std::size_t c = 0; c < length; c += cache_line) hwy::Prefetch(first + c);
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
