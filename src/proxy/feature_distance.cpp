// feature_distance: mean distance between class centroids of the features before pooling, over the
// mean distance within a class.

#include "internal/factories.h"
#include "proxy/correlation.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class FeatureDistance final : public Proxy {
 public:
  Requirements requirements() const override {
    return {features_of(View::data, NormMode::minibatch)};
  }

  std::string lacking(const at::Tensor& labels) const override {
    return (labels == labels[0]).all().item<bool>() ? "images of two classes" : "";
  }

  Score score(const Observation& seen) const override {
    const auto classes = std::get<0>(at::_unique(seen.labels()));
    if (classes.numel() < 2) return Score::not_applicable("one_class");
    const at::Tensor& features = seen.features(View::data, NormMode::minibatch).before_pooling;
    const at::Tensor rows = flatten_rows(require_finite(features, "features")).to(at::kDouble);
    std::vector<at::Tensor> centroids;
    double within = 0;
    for (std::int64_t c = 0; c < classes.numel(); ++c) {
      const at::Tensor members = rows.index({seen.labels() == classes[c]});
      centroids.push_back(members.mean(0));
      within += mean_distance(members) / static_cast<double>(classes.numel());
    }
    const double between = mean_distance(at::stack(centroids));
    if (within == 0) return Score::degenerate("no_distance_within_classes", between / within);
    return Score::of(between / within);
  }

 private:
  /// Over all ordered pairs of rows, each with itself included.
  static double mean_distance(const at::Tensor& rows) {
    return at::_cdist_forward(rows, rows, 2, /*compute_mode=*/2).mean().item<double>();
  }
};

}  // namespace

std::unique_ptr<Proxy> make_feature_distance(const ProxyContext&) {
  return std::make_unique<FeatureDistance>();
}

}  // namespace wrcor
