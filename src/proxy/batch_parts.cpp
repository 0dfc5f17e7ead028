#include "internal/batch_parts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/at_index.h"
#include "internal/observers.h"
#include "internal/own_passes.h"
#include "internal/space_to_depth.h"
#include "proxy/correlation.h"

namespace wrcor {
namespace {

using Member = NetworkBatch::Member;
using Members = std::span<const Member>;

std::int64_t as_size(std::size_t count) { return static_cast<std::int64_t>(count); }

void collect_all(AllOfMembers& all, Readback& readback) {
  for (OfMembers& one : all) readback.add(one.values);
}

void keep(AllOfMembers& all, Members members, at::Tensor values) {
  all.push_back({{members.begin(), members.end()}, std::move(values)});
}

/// Calls visit(member, number) for all members.
template <typename Visit>
void for_each_member(Members members, const Visit& visit) {
  for (std::size_t k = 0; k < members.size(); ++k) visit(members[k], as_size(k));
}

/// The values of every member, by network and in the order of the layers, given a first dimension
/// of members.
std::vector<std::map<int, at::Tensor>> by_layer(const AllOfMembers& all, std::size_t networks) {
  std::vector<std::map<int, at::Tensor>> result(networks);
  for (const OfMembers& one : all) {
    for_each_member(one.members, [&](const Member& member, std::int64_t k) {
      result[at_index(member.network)][member.layer] = one.values[k];
    });
  }
  return result;
}

bool has_weight(const Layer& layer) {
  return layer.kind == LayerKind::convolution || layer.kind == LayerKind::linear;
}

bool is_block(const NetworkBatch& batch, const Member& member) {
  const std::vector<int>& blocks = batch.plan(member.network).blocks;
  return std::ranges::find(blocks, member.layer) != blocks.end();
}

std::size_t step_of(const NetworkBatch& batch, Members members) {
  return batch.place(members.front()).step;
}

const at::Tensor& weight_of(const NetworkBatch& batch, Members members) {
  return batch.steps()[step_of(batch, members)].weights.weight;
}

/// Whether all values of each member are finite. @param values  [members, ...]
at::Tensor finite_members(const at::Tensor& values) { return values.isfinite().flatten(1).all(1); }

/// [N, members, C, H, W] as [members, C, N H W] float64.
at::Tensor channels_of(const at::Tensor& maps) {
  return maps.permute({1, 2, 0, 3, 4})
      .to(at::kDouble, false, false, at::MemoryFormat::Contiguous)
      .flatten(2);
}

}  // namespace

Interest LogitsPart::interest(const Member& member) const {
  return {.output = member.layer == batch_.plan(member.network).logits()};
}
void LogitsPart::output(Members members, const at::Tensor& outputs) {
  keep(logits_, members, outputs);
}
void LogitsPart::collect(Readback& readback) { collect_all(logits_, readback); }
void LogitsPart::give(std::vector<Measurements>& networks) {
  for (const OfMembers& one : logits_) {
    for_each_member(one.members, [&](const Member& member, std::int64_t k) {
      networks[at_index(member.network)].logits = one.values.select(1, k);
    });
  }
}

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
    std::vector<at::Tensor> parts;  // indices would be an upload
    for (const Member& member : members)
      parts.push_back(outputs.narrow(1, batch_.place(member).position, 1));
    outputs = at::cat(parts, 1);
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

void JacobianPart::output_gradient(Members members, const at::Tensor& gradients) {
  const at::Tensor rows = gradients.transpose(0, 1).flatten(2).to(at::kDouble);
  const at::Tensor magnitudes = rows.abs(), centred = rows - rows.mean(-1, true);
  const at::Tensor norms = centred.norm(2, -1, true);
  const at::Tensor smallest =
      magnitudes.amax(-1, true) * (1e-12 * std::sqrt(static_cast<double>(rows.size(-1))));
  const at::Tensor defined = (norms > smallest).flatten(1).all(1);
  const at::Tensor unit = centred / norms;
  summaries_.push_back({{members.begin(), members.end()},
                        at::stack({finite_members(rows).to(at::kDouble),
                                   magnitudes.mean(at::IntArrayRef{1, 2}), defined.to(at::kDouble)},
                                  1),
                        at::bmm(unit, unit.transpose(1, 2)).clamp(-1.0, 1.0)});
}
void JacobianPart::collect(Readback& readback) {
  for (Summary& summary : summaries_) {
    readback.add(summary.numbers);
    readback.add(summary.correlations);
  }
}
void JacobianPart::give(std::vector<Measurements>& networks) {
  for (const Summary& summary : summaries_) {
    for_each_member(summary.members, [&](const Member& member, std::int64_t k) {
      const double* number = summary.numbers.data_ptr<double>() + 3 * k;
      InputJacobian& jacobian = networks[at_index(member.network)].input_jacobian;
      jacobian.finite = number[0] != 0;
      jacobian.mean_magnitude = number[1];
      if (jacobian.finite && number[2] != 0) jacobian.correlation = summary.correlations[k];
    });
  }
}

Interest CovariancePart::interest(const Member& member) const {
  return {.output = is_block(batch_, member)};
}
void CovariancePart::output(Members members, const at::Tensor& outputs) {
  const at::Tensor channels = channels_of(outputs);
  const at::Tensor centred = channels - channels.mean(-1, true);
  keep(covariances_, members,
       at::bmm(centred, centred.transpose(1, 2)) / static_cast<double>(channels.size(2)));
}
void CovariancePart::collect(Readback& readback) { collect_all(covariances_, readback); }
void CovariancePart::give(std::vector<Measurements>& networks) {
  const auto covariances = by_layer(covariances_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    std::vector<at::Tensor>& mine = networks[a].block_covariances[view_];
    for (const int block : batch_.plan(static_cast<int>(a)).blocks)
      mine.push_back(covariances[a].at(block));
  }
}

const FeatureShape& PullbackPart::shape(int network, std::size_t block) const {
  const NetworkPlan& plan = batch_.plan(network);
  return plan.layers[at_index(plan.blocks[block])].out;
}

at::Tensor PullbackPart::signs_of(std::int64_t samples, const FeatureShape& shape) const {
  return noise_.signs(static_cast<int>(block_),
                      {samples, shape.channels, shape.height, shape.width});
}

at::Tensor PullbackPart::signs(const at::Tensor& outputs) const {
  const FeatureShape shape{static_cast<int>(outputs.size(2)), static_cast<int>(outputs.size(3)),
                           static_cast<int>(outputs.size(4))};
  return signs_of(outputs.size(0), shape).unsqueeze(1).expand_as(outputs);
}

std::vector<int> PullbackPart::from() const {
  std::vector<int> all;
  for (int a = 0; a < static_cast<int>(batch_.size()); ++a) {
    const std::vector<int>& blocks = batch_.plan(a).blocks;
    all.push_back(block_ < blocks.size() ? blocks[block_] : -1);
  }
  return all;
}

Interest PullbackPart::interest(const Member& member) const {
  const std::vector<int>& blocks = batch_.plan(member.network).blocks;
  return {.output_gradient = block_ < blocks.size() && blocks[block_ - 1] == member.layer};
}

/// One call for each shape of the blocks' outputs, of which there is mostly one.
void PullbackPart::output_gradient(Members members, const at::Tensor& gradients) {
  std::vector<std::pair<FeatureShape, std::vector<std::int64_t>>> shapes;
  for_each_member(members, [&](const Member& member, std::int64_t k) {
    const FeatureShape& mine = shape(member.network, block_);
    auto found = std::ranges::find(shapes, mine, [](const auto& one) { return one.first; });
    if (found == shapes.end()) found = shapes.insert(shapes.end(), {mine, {}});
    found->second.push_back(k);
  });
  if (shapes.size() == 1) return record(members, gradients);
  for (const auto& [of_block, positions] : shapes) {
    std::vector<Member> some;
    for (const std::int64_t k : positions) some.push_back(members[static_cast<std::size_t>(k)]);
    record(some,
           gradients.index_select(1, at::tensor(positions, at::kLong).to(gradients.device())));
  }
}

void PullbackPart::record(Members members, const at::Tensor& gradients) {
  const std::int64_t samples = gradients.size(0);
  const at::Tensor v = signs_of(samples, shape(members.front().network, block_));
  const at::Tensor u = space_to_depth(gradients.flatten(0, 1), v).unflatten(0, {samples, -1});
  const at::Tensor left = channels_of(u), right = channels_of(v.unsqueeze(1))[0];
  Product& one = products_.emplace_back();
  one.members.assign(members.begin(), members.end());
  one.values = at::matmul(left, right.t()) / static_cast<double>(right.size(1));
  if (u[0][0].sizes() == v[0].sizes())
    one.identical = u.eq(v.unsqueeze(1)).transpose(0, 1).flatten(1).all(1);
}
void PullbackPart::collect(Readback& readback) {
  for (Product& one : products_) {
    readback.add(one.values);
    readback.add(one.identical);
  }
}
void PullbackPart::give(std::vector<Measurements>& networks) {
  for (std::size_t a = 0; a < networks.size(); ++a) {
    const auto network = static_cast<int>(a);
    const std::size_t blocks = batch_.plan(network).blocks.size();
    std::vector<BlockPullback>& mine = networks[a].block_pullbacks[view_];
    if (block_ >= blocks) continue;
    mine.resize(blocks - 1);
    const FeatureShape &in = shape(network, block_ - 1), &out = shape(network, block_);
    const std::int64_t factor = std::max(1, in.height / out.height);
    mine[block_ - 1].product =
        at::zeros({in.channels * factor * factor, out.channels}, at::kDouble);
  }
  for (const Product& one : products_) {
    for_each_member(one.members, [&](const Member& member, std::int64_t k) {
      BlockPullback& mine = networks[at_index(member.network)].block_pullbacks[view_][block_ - 1];
      mine.product = one.values[k];
      mine.identity = one.identical.defined() && one.identical.data_ptr<bool>()[k];
    });
  }
}

Interest RecordPart::interest(const Member& member) const {
  return {.output = batch_.layer(member).modules > 0};
}
void RecordPart::output(Members members, const at::Tensor& outputs) {
  constexpr std::int64_t most_pending = std::int64_t{4} << 20;  // numbers
  at::Tensor channels = outputs[0];
  channels = channels.dim() == 2 ? channels.unsqueeze(2) : channels.flatten(2);
  OfShape& records = by_shape_[{channels.size(1), channels.size(2)}];
  records.pending_members.insert(records.pending_members.end(), members.begin(), members.end());
  records.pending.push_back(channels);
  if (as_size(records.pending_members.size()) * channels[0].numel() > most_pending) finish(records);
}
void RecordPart::finish(OfShape& records) {
  if (records.pending.empty()) return;
  const at::Tensor all = at::cat(records.pending);
  keep(records.finite, records.pending_members, finite_members(all));
  if (all.size(2) > all.size(1))
    keep(records.correlations, records.pending_members, channel_correlation(all));
  records.pending.clear();
  records.pending_members.clear();
}
void RecordPart::collect(Readback& readback) {
  for (auto& [shape, records] : by_shape_) {
    finish(records);
    collect_all(records.finite, readback);
    collect_all(records.correlations, readback);
  }
}
void RecordPart::give(std::vector<Measurements>& networks) {
  std::vector<std::map<int, ChannelRecord>> found(networks.size());
  const auto record = [&](const Member& member) -> ChannelRecord& {
    return found[at_index(member.network)][member.layer];
  };
  for (const auto& [shape, records] : by_shape_) {
    for (const OfMembers& one : records.finite) {
      for_each_member(one.members, [&](const Member& member, std::int64_t k) {
        record(member).count = batch_.layer(member).modules;
        record(member).finite = one.values.data_ptr<bool>()[k];
      });
    }
    for (const OfMembers& one : records.correlations) {
      for_each_member(one.members, [&](const Member& member, std::int64_t k) {
        record(member).correlation = one.values[k];
      });
    }
  }
  for (std::size_t a = 0; a < networks.size(); ++a) {
    for (const auto& [layer, its] : found[a]) networks[a].channel_records.push_back(its);
  }
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

Interest FeaturePart::interest(const Member& member) const {
  return {.output = member.layer == batch_.plan(member.network).features, .variance = true};
}
void FeaturePart::output(Members members, const at::Tensor& outputs) {
  samples_ = outputs.size(0);
  keep(features_, members, outputs);
}
void FeaturePart::variance(Members members, const at::Tensor& variances) {
  keep(variances_, members, variances);
}
void FeaturePart::collect(Readback& readback) { collect_all(variances_, readback); }
void FeaturePart::give(std::vector<Measurements>& networks) {
  for (const OfMembers& one : features_) {
    for_each_member(one.members, [&](const Member& member, std::int64_t k) {
      networks[at_index(member.network)].features[{view_, norms_}].before_pooling =
          one.values.select(1, k);
    });
  }
  const auto variances = by_layer(variances_, networks.size());
  for (std::size_t a = 0; a < networks.size(); ++a) {
    Features& mine = networks[a].features[{view_, norms_}];
    for (const auto& [layer, variance] : variances[a]) {
      const FeatureShape& shape = batch_.layer({static_cast<int>(a), layer}).out;
      const auto count = static_cast<double>(samples_ * shape.height * shape.width);
      mine.norm_variances.push_back(variance * (count / (count - 1)));
    }
  }
}

void ShiftPart::collect(Readback& readback) {
  auto still = still_.features().begin();  // the same networks: the same steps
  for (const OfMembers& moved : moved_.features()) {
    keep(
        shifts_, moved.members,
        (moved.values - still->values).abs().transpose(0, 1).flatten(1).sum(1, false, at::kDouble));
    ++still;
  }
  collect_all(shifts_, readback);
}
void ShiftPart::give(std::vector<Measurements>& networks) {
  for (const OfMembers& one : shifts_) {
    for_each_member(one.members, [&](const Member& member, std::int64_t k) {
      networks[at_index(member.network)].feature_shifts[{moved_.view(), moved_.norms()}] =
          one.values.data_ptr<double>()[k];
    });
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

// What the parts above make of a tensor, in float64 where they say so.

BatchPassObserver::Footprint CorrelationPart::footprint(Members /*members*/,
                                                        std::int64_t bytes) const {
  return {.work = bytes};
}
BatchPassObserver::Footprint CodePart::footprint(Members /*members*/, std::int64_t bytes) const {
  return {.work = bytes};
}
BatchPassObserver::Footprint PatternPart::footprint(Members /*members*/, std::int64_t bytes) const {
  return {.work = bytes};
}
BatchPassObserver::Footprint ChannelSaliencyPart::footprint(Members /*members*/,
                                                            std::int64_t bytes) const {
  return {.work = 6 * bytes, .kept = bytes};
}
BatchPassObserver::Footprint WeightSaliencyPart::footprint(Members /*members*/,
                                                           std::int64_t bytes) const {
  return {.work = 6 * bytes};
}
BatchPassObserver::Footprint HalvesPart::footprint(Members /*members*/, std::int64_t bytes) const {
  return {.work = 10 * bytes, .kept = bytes};
}
BatchPassObserver::Footprint JacobianPart::footprint(Members /*members*/,
                                                     std::int64_t bytes) const {
  return {.work = 8 * bytes};
}
BatchPassObserver::Footprint CovariancePart::footprint(Members /*members*/,
                                                       std::int64_t bytes) const {
  return {.work = 4 * bytes};
}
BatchPassObserver::Footprint PullbackPart::footprint(Members /*members*/,
                                                     std::int64_t bytes) const {
  return {.work = 2 * bytes};
}
BatchPassObserver::Footprint FeaturePart::footprint(Members members, std::int64_t bytes) const {
  const Member& first = members.front();
  const bool is_kept = first.layer == batch_.plan(first.network).features;
  return {.work = 0, .kept = is_kept ? bytes : 0};
}

}  // namespace wrcor
