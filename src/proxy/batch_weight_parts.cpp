// The measurements of a batch at gradients of weights and of the outputs that the weights produce.

#include "core/at_index.h"
#include "internal/batch_members.h"
#include "internal/batch_parts.h"
#include "internal/own_passes.h"

namespace wrcor {
namespace {

bool has_weight(const Layer& layer) {
  return layer.kind == LayerKind::convolution || layer.kind == LayerKind::linear;
}

std::size_t step_of(const NetworkBatch& batch, BatchPassObserver::Members members) {
  return batch.place(members.front()).step;
}

const at::Tensor& weight_of(const NetworkBatch& batch, BatchPassObserver::Members members) {
  return batch.steps()[step_of(batch, members)].weights.weight;
}

}  // namespace

Interest ChannelSaliencyPart::interest(const Member& member) const {
  const bool mine = has_weight(batch_.layer(member));
  return {.output = mine, .output_gradient = mine};
}
void ChannelSaliencyPart::output(Members members, const at::Tensor& outputs) {
  outputs_[step_of(batch_, members)] = outputs;
}
void ChannelSaliencyPart::output_gradient(Members members, const at::Tensor& gradients) {
  at::Tensor outputs = outputs_.extract(step_of(batch_, members)).mapped();
  if (outputs.size(1) > as_size(members.size())) {
    std::vector<std::int64_t> positions;
    for (const Member& member : members) positions.push_back(batch_.place(member).position);
    outputs = select_members(outputs, positions);
  }
  at::Tensor by_channel = outputs.to(at::kDouble) * gradients.to(at::kDouble);
  if (by_channel.dim() == 5) by_channel = by_channel.sum(at::IntArrayRef{3, 4});
  keep(saliency_, members, by_channel.square().mean(0) / 2);
}
void ChannelSaliencyPart::collect(Readback& readback) { collect_all(saliency_, readback); }
void ChannelSaliencyPart::give(std::vector<Measurements>& networks) {
  const auto saliency = by_layer(saliency_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    for (auto one = saliency[a].rbegin(); one != saliency[a].rend(); ++one)
      networks[a].channel_saliency.push_back({one->first, one->second});
  }
}
BatchPassObserver::Footprint ChannelSaliencyPart::footprint(Members /*members*/,
                                                            std::int64_t bytes) const {
  return {.work = 6 * bytes, .kept = bytes};
}

Interest WeightSaliencyPart::interest(const Member& member) const {
  return {.weight_gradient = has_weight(batch_.layer(member))};
}
void WeightSaliencyPart::weight_gradient(Members members, const at::Tensor& gradients) {
  const at::Tensor exact = gradients.to(at::kDouble).flatten(1);
  const at::Tensor product = weight_of(batch_, members).flatten() * exact;
  keep(terms_, members, at::stack({exact.norm(2, 1), product.abs().sum(1), product.sum(1)}, 1));
}
void WeightSaliencyPart::collect(Readback& readback) { collect_all(terms_, readback); }
void WeightSaliencyPart::give(std::vector<Measurements>& networks) {
  const auto terms = by_layer(terms_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    for (auto one = terms[a].rbegin(); one != terms[a].rend(); ++one) {
      const double* term = one->second.data_ptr<double>();
      networks[a].weight_saliency.push_back({term[0], term[1], term[2]});
    }
  }
}
BatchPassObserver::Footprint WeightSaliencyPart::footprint(Members /*members*/,
                                                           std::int64_t bytes) const {
  return {.work = 6 * bytes};
}

Interest PathPart::interest(const Member& member) const {
  return {.weight_gradient = has_weight(batch_.layer(member))};
}
void PathPart::weight_gradient(Members members, const at::Tensor& gradients) {
  keep(sums_, members, (weight_of(batch_, members).flatten() * gradients.flatten(1)).abs().sum(1));
}
void PathPart::collect(Readback& readback) {
  readback.add(exponents_);
  collect_all(sums_, readback);
}
void PathPart::give(std::vector<Measurements>& networks) {
  const auto sums = by_layer(sums_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    PathStrength& strength = networks[a].path_strength;
    for (auto one = sums[a].rbegin(); one != sums[a].rend(); ++one)
      strength.sum += one->second.item<double>();
    strength.exponent = static_cast<int>(exponents_.data_ptr<double>()[a]);
  }
}

Interest HalvesPart::interest(const Member& member) const {
  return {.weight_gradient = has_weight(batch_.layer(member))};
}
void HalvesPart::weight_gradient(Members members, const at::Tensor& gradients) {
  const std::size_t step = step_of(batch_, members);
  const auto first = first_.find(step);
  if (first == first_.end()) {
    first_[step] = gradients;
    return;
  }
  const at::Tensor a = first->second.to(at::kDouble), b = gradients.to(at::kDouble);
  first_.erase(first);
  keep(terms_, members,
       at::stack({stability(a, b).flatten(1).sum(1), finite_members(a + b).to(at::kDouble)}, 1));
}
void HalvesPart::collect(Readback& readback) { collect_all(terms_, readback); }
void HalvesPart::give(std::vector<Measurements>& networks) {
  const auto terms = by_layer(terms_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    HalfGradients& mine = networks[a].half_gradients;
    for (auto one = terms[a].rbegin(); one != terms[a].rend(); ++one) {
      const double* term = one->second.data_ptr<double>();
      mine.sums.push_back(term[0]);
      mine.finite = mine.finite && term[1] != 0;
    }
  }
}
BatchPassObserver::Footprint HalvesPart::footprint(Members /*members*/, std::int64_t bytes) const {
  return {.work = 10 * bytes, .kept = bytes};
}

}  // namespace wrcor
