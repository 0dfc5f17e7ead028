// The measurements of a batch at the blocks of its networks.

#include <algorithm>
#include <utility>

#include "core/at_index.h"
#include "internal/batch_members.h"
#include "internal/batch_parts.h"
#include "internal/space_to_depth.h"

namespace wrcor {
namespace {

bool is_block(const NetworkBatch& batch, const NetworkBatch::Member& member) {
  const std::vector<int>& blocks = batch.plan(member.network).blocks;
  return std::ranges::find(blocks, member.layer) != blocks.end();
}

/// [N, members, C, H, W] as [members, C, N H W] float64.
at::Tensor channels_of(const at::Tensor& maps) {
  return maps.permute({1, 2, 0, 3, 4})
      .to(at::kDouble, false, false, at::MemoryFormat::Contiguous)
      .flatten(2);
}

}  // namespace

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
BatchPassObserver::Footprint CovariancePart::footprint(Members /*members*/,
                                                       std::int64_t bytes) const {
  return {.work = 4 * bytes};
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
/// One call for each shape of the blocks' outputs; usually there is only one shape.
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
    record(some, select_members(gradients, positions));
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
BatchPassObserver::Footprint PullbackPart::footprint(Members /*members*/,
                                                     std::int64_t bytes) const {
  return {.work = 2 * bytes};
}

}  // namespace wrcor
