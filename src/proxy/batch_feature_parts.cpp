// The measurements of a batch at logits and features, and at the gradients there.

#include <cmath>

#include "core/at_index.h"
#include "internal/batch_members.h"
#include "internal/batch_parts.h"
#include "internal/own_passes.h"

namespace wrcor {

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
BatchPassObserver::Footprint FeaturePart::footprint(Members members, std::int64_t bytes) const {
  const Member& first = members.front();
  const bool is_kept = first.layer == batch_.plan(first.network).features;
  return {.work = 0, .kept = is_kept ? bytes : 0};
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
BatchPassObserver::Footprint JacobianPart::footprint(Members /*members*/,
                                                     std::int64_t bytes) const {
  return {.work = 8 * bytes};
}

}  // namespace wrcor
