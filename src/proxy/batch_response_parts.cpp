// The measurements of a batch at the responses of layers to the images.

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/at_index.h"
#include "internal/batch_members.h"
#include "internal/batch_parts.h"
#include "internal/observers.h"
#include "proxy/correlation.h"

namespace wrcor {

BatchTaps::BatchTaps(const NetworkBatch& batch, Counting counting, Requirements needs,
                     Need activations, Need gradients) {
  for (int a = 0; a < static_cast<int>(batch.size()); ++a) {
    const NetworkPlan& plan = batch.plan(a);
    for (auto& side : taps_) side.emplace_back(plan.layers.size());
    for (const Tap& tap : plan.responses(counting)) {
      const bool is_activation = tap.side == Side::activation;
      if (!needs.has(is_activation ? activations : gradients)) continue;
      taps_[is_activation ? 0 : 1].back()[at_index(tap.layer)].push_back(tap);
      units_ = std::max(units_, tap.unit + 1);
    }
  }
}

CorrelationPart::CorrelationPart(const NetworkBatch& batch, Counting counting, Requirements needs)
    : taps_(batch, counting, needs, Need::activation_correlations, Need::gradient_correlations),
      sums_(2 * batch.size() * at_index(taps_.units()), correlations_of) {}
std::size_t CorrelationPart::row(Side side, int network, int unit) const {
  return 2 * at_index(network * taps_.units() + unit) + (side == Side::activation ? 0 : 1);
}
void CorrelationPart::record(Side side, Members members, const at::Tensor& responses) {
  std::vector<ResponseSums::Entry> entries;
  for_each_member(members, [&](const Member& member, std::int64_t k) {
    for (const Tap& tap : taps_.of(side, member))
      entries.push_back({k, as_size(row(side, member.network, tap.unit)), tap.multiplicity});
  });
  sums_.add(correlation_products(responses), responses[0][0].numel(), entries);
}
void CorrelationPart::output(Members members, const at::Tensor& outputs) {
  record(Side::activation, members, outputs);
}
void CorrelationPart::input_gradient(Members members, const at::Tensor& gradients) {
  record(Side::gradient, members, gradients);
}
void CorrelationPart::give(std::vector<Measurements>& networks) {
  for (int a = 0; a < static_cast<int>(networks.size()); ++a) {
    CorrelationSums& sums = networks[at_index(a)].correlations.emplace();
    for (int unit = 0; unit < taps_.units(); ++unit) {
      for (const Side side : {Side::activation, Side::gradient}) {
        const std::size_t mine = row(side, a, unit);
        if (sums_.received(mine)) sums.add(side, unit, sums_.sums()[as_size(mine)]);
      }
    }
  }
}
BatchPassObserver::Footprint CorrelationPart::footprint(Members /*members*/,
                                                        std::int64_t bytes) const {
  return {.work = bytes};
}

CodePart::CodePart(const NetworkBatch& batch, Counting counting, Requirements needs)
    : batch_(batch),
      taps_(batch, counting, needs, Need::activation_codes, Need::gradient_codes),
      both_(2 * batch.size(), [](const at::Tensor& products, const at::Tensor& /*features*/) {
        return products.to(at::kDouble);
      }) {}
void CodePart::record(Side side, Members members, const at::Tensor& responses) {
  const std::int64_t number = side == Side::activation ? 0 : 1;
  std::vector<ResponseSums::Entry> entries;
  for_each_member(members, [&](const Member& member, std::int64_t k) {
    for (const Tap& tap : taps_.of(side, member))
      entries.push_back({k, 2 * member.network + number, tap.multiplicity});
  });
  const at::Tensor rows = responses.transpose(0, 1).flatten(2);
  const at::Tensor bits = rows.gt(0).to(at::kFloat);  // whose sums float32 holds exactly
  both_.add(at::bmm(bits, bits.transpose(1, 2)), rows.size(2), entries);
  keep(magnitudes_[static_cast<std::size_t>(number)], members,
       rows.abs().amax({1, 2}).to(at::kDouble));
}
void CodePart::output(Members members, const at::Tensor& outputs) {
  record(Side::activation, members, outputs);
}
void CodePart::input_gradient(Members members, const at::Tensor& gradients) {
  record(Side::gradient, members, gradients);
}
void CodePart::collect(Readback& readback) {
  readback.add(both_.sums());
  for (AllOfMembers& of_side : magnitudes_) collect_all(of_side, readback);
}
/// Of all taps, also of those that no response came from, whose bits are all zero.
double CodePart::features(Side side, int network) const {
  double total = 0;
  const NetworkPlan& plan = batch_.plan(network);
  for (int i = 0; i <= plan.logits(); ++i) {
    const Layer& layer = plan.layers[at_index(i)];
    for (const Tap& tap : taps_.of(side, {network, i})) {
      const FeatureShape& shape =
          side == Side::activation ? layer.out : plan.layers[at_index(layer.inputs.front())].out;
      total += static_cast<double>(tap.multiplicity) * shape.channels * shape.height * shape.width;
    }
  }
  return total;
}

void CodePart::give(std::vector<Measurements>& networks) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Side side : {Side::activation, Side::gradient}) {
    const std::size_t number = side == Side::activation ? 0 : 1;
    for (int a = 0; a < static_cast<int>(networks.size()); ++a) {
      const std::size_t row = 2 * at_index(a) + number;
      if (!both_.received(row)) continue;
      const at::Tensor both = both_.sums()[as_size(row)], ones = both.diagonal();
      // Both one, or both zero: b.b' + (1 - b).(1 - b') = D - |b| - |b'| + 2 b.b'.
      networks[at_index(a)].shared_bits[number] =
          both * 2 - ones.unsqueeze(1) - ones.unsqueeze(0) + features(side, a);
    }
    for (const OfMembers& one : magnitudes_[number]) {
      for_each_member(one.members, [&](const Member& member, std::int64_t k) {
        if (!std::isfinite(one.values.data_ptr<double>()[k]))
          networks[at_index(member.network)].shared_bits[number].fill_(nan);
      });
    }
  }
}
BatchPassObserver::Footprint CodePart::footprint(Members /*members*/, std::int64_t bytes) const {
  return {.work = bytes};
}

PatternPart::PatternPart(const NetworkBatch& batch) {
  for (int a = 0; a < static_cast<int>(batch.size()); ++a) {
    auto& mine = activated_.emplace_back(batch.plan(a).layers.size(), 0);
    for (const int layer : read_by_activations(batch.plan(a))) mine[at_index(layer)] = 1;
  }
}
Interest PatternPart::interest(const Member& member) const {
  return {.output = activated_[at_index(member.network)][at_index(member.layer)] != 0};
}
void PatternPart::output(Members members, const at::Tensor& outputs) {
  const at::Tensor words = pattern_words(outputs.flatten(1));
  keep(words_, members, words.view({as_size(members.size()), -1, words.size(1)}));
}
void PatternPart::collect(Readback& readback) { collect_all(words_, readback); }
void PatternPart::give(std::vector<Measurements>& networks) {
  const auto words = by_layer(words_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    std::vector<at::Tensor> all;
    for (const auto& [layer, of_layer] : words[a]) all.push_back(of_layer);
    networks[a].distinct_patterns = all.empty() ? 0 : count_distinct(at::cat(all));
  }
}
BatchPassObserver::Footprint PatternPart::footprint(Members /*members*/, std::int64_t bytes) const {
  return {.work = bytes};
}

}  // namespace wrcor
