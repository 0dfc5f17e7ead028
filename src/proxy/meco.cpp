// meco: sum over the recorded tensors of the smallest eigenvalue of the correlation matrix of their
// channels, for the first image of the minibatch alone. Tensors count as often as the published
// code records them: once for every module that outputs them, containers included. meco_opt: of 8
// channels drawn at random for each record, times C / 8. Source: Jiang et al., NeurIPS 2023.

#include <map>
#include <numeric>

#include "internal/factories.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

/// Correlation of the rows of X [C, P], float64 on the CPU; 0 if a row is constant, for which it is
/// undefined.
at::Tensor channel_correlation(const at::Tensor& x) {
  const at::Tensor rows = x.to(at::kDouble);
  const at::Tensor centred = rows - rows.mean(1, true);
  const at::Tensor unit = centred / centred.norm(2, 1, true);
  return at::mm(unit, unit.t()).clamp(-1.0, 1.0).nan_to_num(0.0, 0.0, 0.0);
}

/// @param channels  [C, P] on the CPU
double smallest_eigenvalue(const at::Tensor& channels) {
  // P numbers minus their mean span at most P - 1 dimensions.
  if (channels.size(1) <= channels.size(0)) return 0;
  return eigenvalues(channel_correlation(channels), "correlation")[0].item<double>();
}

/// The recorded tensors of a pass of one image.
class RecordObserver final : public PassObserver {
 public:
  explicit RecordObserver(const NetworkPlan& plan) : plan_(plan) {}

  Interest interest(int layer) const override { return {.output = modules(layer) > 0}; }

  void output(int layer, const at::Tensor& output) override {
    found.emplace_back(modules(layer), output[0].reshape({output.size(1), -1}));
  }

  std::vector<std::pair<int, at::Tensor>> found;  ///< number of records, channels [C, P]

 private:
  int modules(int layer) const { return plan_.layers[static_cast<std::size_t>(layer)].modules; }

  const NetworkPlan& plan_;
};

enum class Channels { all, eight };

class Meco final : public Proxy {
 public:
  explicit Meco(Channels channels) : channels_(channels) {}

  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override { return "forward pass of the first image"; }

  Score score(const Observation& seen) const override {
    RecordObserver records(seen.plan());
    Pass(seen.network(), NormMode::minibatch, {&records}, {})
        .forward(seen.images().narrow(0, 0, 1));
    Rng rng = seen.noise().stream("meco_opt");
    double total = 0;
    Readback readback;
    for (auto& [count, channels] : records.found) readback.add(channels);
    readback.read();
    for (const auto& [count, channels] : records.found) {
      require_finite(channels, "activation");
      if (channels_ == Channels::all) {
        total += count * smallest_eigenvalue(channels);
      } else {
        for (int i = 0; i < count; ++i) total += of_eight(channels, rng);
      }
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

  Channels channels_;
};

}  // namespace

std::unique_ptr<Proxy> make_meco(const ProxyContext&) {
  return std::make_unique<Meco>(Channels::all);
}
std::unique_ptr<Proxy> make_meco_opt(const ProxyContext&) {
  return std::make_unique<Meco>(Channels::eight);
}

}  // namespace wrcor
