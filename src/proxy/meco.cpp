// meco: sum over the recorded tensors of the smallest eigenvalue of the correlation matrix of their
// channels, for the first image of the minibatch alone. Tensors count as often as the published
// code records them: once for every module that outputs them, containers included. meco_opt: of 8
// channels drawn at random for each record, times C / 8. Source: Jiang et al., NeurIPS 2023.

#include <numeric>

#include "internal/factories.h"
#include "internal/own_passes.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

/// @param channels  [C, P] on the CPU
double smallest_eigenvalue(const at::Tensor& channels) {
  // P numbers minus their mean span at most P - 1 dimensions.
  if (channels.size(1) <= channels.size(0)) return 0;
  return eigenvalues(channel_correlation(channels), "correlation")[0].item<double>();
}

class Meco final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::channel_records}; }

  Score score(const Observation& seen) const override {
    double total = 0;
    for (const ChannelRecord& record : seen.channel_records()) {
      if (!record.finite) throw NotFinite("activation");
      if (record.correlation.defined())
        total += record.count * eigenvalues(record.correlation, "correlation")[0].item<double>();
    }
    return Score::of(total);
  }
};

class MecoOpt final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override { return "forward pass of the first image"; }

  Score score(const Observation& seen) const override {
    std::vector<RecordedChannels> recorded = recorded_channels(seen.network(), seen.images());
    Readback readback;
    for (RecordedChannels& one : recorded) readback.add(one.channels);
    readback.read();
    Rng rng = seen.noise().stream("meco_opt");
    double total = 0;
    for (const auto& [count, channels] : recorded) {
      require_finite(channels, "activation");
      for (int i = 0; i < count; ++i) total += of_eight(channels, rng);
    }
    return Score::of(total);
  }

 private:
  static double of_eight(const at::Tensor& all, Rng& rng) {
    constexpr std::int64_t eight = 8;
    const std::int64_t channels = all.size(0);
    if (channels <= eight) return smallest_eigenvalue(all);
    std::vector<std::int64_t> order(static_cast<std::size_t>(channels));
    std::iota(order.begin(), order.end(), 0);
    rng.shuffle(order);
    order.resize(eight);
    return smallest_eigenvalue(all.index_select(0, at::tensor(order, at::kLong))) *
           static_cast<double>(channels) / eight;
  }
};

}  // namespace

std::unique_ptr<Proxy> make_meco(const ProxyContext&) { return std::make_unique<Meco>(); }
std::unique_ptr<Proxy> make_meco_opt(const ProxyContext&) { return std::make_unique<MecoOpt>(); }

}  // namespace wrcor
