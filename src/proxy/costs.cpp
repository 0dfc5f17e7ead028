// params: trainable scalars. flops: multiply-accumulates of convolution and linear weights for one
// image; az_complexity is its name among the components of AZ-NAS. layers: trainable tensors, batch
// norms' gammas and betas included: a measure of depth, part of vkdnw.

#include "internal/factories.h"
#include "internal/structure.h"

namespace wrcor {
namespace {

class Params final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  Score score(const Observation& seen) const override {
    return Score::of(static_cast<double>(seen.plan().params()));
  }
};

class Flops final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  Score score(const Observation& seen) const override {
    return Score::of(static_cast<double>(seen.plan().flops()));
  }
};

class Layers final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  Score score(const Observation& seen) const override {
    return Score::of(static_cast<double>(trainable_tensors(seen.plan())));
  }
};

}  // namespace

std::unique_ptr<Proxy> make_params(const ProxyContext&) { return std::make_unique<Params>(); }
std::unique_ptr<Proxy> make_flops(const ProxyContext&) { return std::make_unique<Flops>(); }
std::unique_ptr<Proxy> make_az_complexity(const ProxyContext&) { return std::make_unique<Flops>(); }
std::unique_ptr<Proxy> make_layers(const ProxyContext&) { return std::make_unique<Layers>(); }

}  // namespace wrcor
