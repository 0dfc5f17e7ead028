#include "proxy/batch_observation.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/at_index.h"
#include "nn/batch_pass.h"
#include "nn/index_pool.h"

namespace wrcor {
namespace {

constexpr Side both_sides[] = {Side::activation, Side::gradient};

/// The sums to which the responses of a step's members are added.
struct Recording {
  at::Tensor positions;  ///< of the observed members
  at::Tensor matrices;   ///< for each addition, the index into positions
  at::Tensor rows;       ///< network * units + unit
  at::Tensor multiplicities;
};

/// Sums the correlation matrices of all networks of a batch on the device.
class BatchCorrelations final : public BatchPassObserver {
 public:
  /// @param taps  by network
  BatchCorrelations(const NetworkBatch& batch, const std::vector<std::vector<Tap>>& taps,
                    const at::Tensor& images)
      : recordings_{std::vector<Recording>(batch.steps().size()),
                    std::vector<Recording>(batch.steps().size())} {
    for (const auto& of_network : taps) {
      for (const Tap& tap : of_network) units_ = std::max(units_, tap.unit + 1);
    }
    const auto rows = static_cast<std::int64_t>(taps.size()) * units_, samples = images.size(0);
    for (at::Tensor& sums : sums_)
      sums = at::zeros({rows, samples, samples}, images.options().dtype(at::kDouble));
    for (auto& seen : seen_) seen.assign(static_cast<std::size_t>(rows), false);
    IndexPool pool;
    for (std::size_t s = 0; s < batch.steps().size(); ++s) {
      for (const Side side : both_sides) add_recording(batch, s, side, taps, pool);
    }
    pool.upload(images.device());
  }

  bool wants_output(std::size_t step) const override { return wants(Side::activation, step); }
  bool wants_input_gradient(std::size_t step) const override { return wants(Side::gradient, step); }
  void output(std::size_t step, const at::Tensor& outputs) override {
    record(Side::activation, step, outputs);
  }
  void input_gradient(std::size_t step, const at::Tensor& gradients) override {
    record(Side::gradient, step, gradients);
  }

  /// The sums of every network, on the host.
  std::vector<CorrelationSums> take(std::size_t networks) const {
    const std::array<at::Tensor, 2> host{sums_[0].cpu(), sums_[1].cpu()};
    std::vector<CorrelationSums> all(networks);
    for (std::size_t row = 0; row < seen_[0].size(); ++row) {
      const auto unit = static_cast<int>(row) % units_;
      for (const Side side : both_sides) {
        if (seen_[number_of(side)][row]) {
          all[row / at_index(units_)].add(side, unit,
                                          host[number_of(side)][static_cast<std::int64_t>(row)]);
        }
      }
    }
    return all;
  }

 private:
  static std::size_t number_of(Side side) { return side == Side::activation ? 0 : 1; }

  bool wants(Side side, std::size_t step) const {
    return recordings_[number_of(side)][step].positions.defined();
  }

  /// @param taps  by network
  void add_recording(const NetworkBatch& batch, std::size_t s, Side side,
                     const std::vector<std::vector<Tap>>& taps, IndexPool& pool) {
    const NetworkBatch::Step& step = batch.steps()[s];
    std::vector<std::int64_t> positions, matrices, rows, multiplicities;
    const auto observe = [&](std::int64_t position, const NetworkBatch::Member& member) {
      const auto matrix = static_cast<std::int64_t>(positions.size());
      bool tapped = false;
      for (const Tap& tap : taps[at_index(member.network)]) {
        if (tap.layer != member.layer || tap.side != side) continue;
        const std::int64_t row = std::int64_t{member.network} * units_ + tap.unit;
        seen_[number_of(side)][static_cast<std::size_t>(row)] = tapped = true;
        matrices.push_back(matrix);
        rows.push_back(row);
        multiplicities.push_back(tap.multiplicity);
      }
      if (tapped) positions.push_back(position);
    };
    if (side == Side::activation) {
      for (std::size_t k = 0; k < step.members.size(); ++k)
        observe(static_cast<std::int64_t>(k), step.members[k]);
    } else {
      for (std::size_t k = 0; k < step.live.members.size(); ++k) {
        observe(static_cast<std::int64_t>(k),
                step.members[static_cast<std::size_t>(step.live.members[k])]);
      }
    }
    if (positions.empty()) return;
    Recording& recording = recordings_[number_of(side)][s];
    pool.add(positions, recording.positions);
    pool.add(matrices, recording.matrices);
    pool.add(rows, recording.rows);
    pool.add(multiplicities, recording.multiplicities);
  }

  /// @param responses  [N, members, ...]
  void record(Side side, std::size_t step, const at::Tensor& responses) {
    const Recording& recording = recordings_[number_of(side)][step];
    const bool all = recording.positions.size(0) == responses.size(1);
    const at::Tensor matrices =
        abs_correlations(all ? responses : responses.index_select(1, recording.positions));
    sums_[number_of(side)].index_add_(
        0, recording.rows,
        matrices.index_select(0, recording.matrices) * recording.multiplicities.view({-1, 1, 1}));
  }

  int units_ = 1;
  std::array<std::vector<Recording>, 2> recordings_;  ///< by side and step
  std::array<at::Tensor, 2> sums_;                    ///< by side, [networks * units, N, N]
  std::array<std::vector<char>, 2> seen_;             ///< by side and row: something was added
};

}  // namespace

/// Makes the content of the observations of a batch.
class BatchMeasurement {
 public:
  static std::vector<Observation> run(const Observation::Inputs& inputs,
                                      std::span<const Network> networks, Requirements needs) {
    std::vector<const Network*> pointers;
    std::vector<std::vector<Tap>> taps;
    for (const Network& network : networks) {
      pointers.push_back(&network);
      taps.push_back(network.plan().responses(inputs.counting));
      std::erase_if(taps.back(), [&](const Tap& tap) {
        return !needs.has(tap.side == Side::activation ? Need::activation_correlations
                                                       : Need::gradient_correlations);
      });
    }
    const NetworkBatch batch(std::move(pointers));
    BatchCorrelations correlations(batch, taps, inputs.images);
    BatchPass pass(batch, correlations);
    const at::Tensor logits = pass.forward(inputs.images);
    if (needs.has(Need::gradient_correlations)) {
      const at::Tensor labels =
          inputs.labels.unsqueeze(1).expand({-1, static_cast<std::int64_t>(networks.size())});
      pass.backward(cross_entropy_gradient(logits, labels));
    }
    return observations(inputs, networks, logits.cpu(), correlations.take(networks.size()));
  }

 private:
  static std::vector<Observation> observations(const Observation::Inputs& inputs,
                                               std::span<const Network> networks,
                                               const at::Tensor& logits,
                                               const std::vector<CorrelationSums>& sums) {
    std::vector<Observation> all;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      Observation& one = all.emplace_back(
          Observation({networks[i], inputs.images, inputs.labels, inputs.counting, inputs.noise}));
      one.logits_ = logits.select(1, static_cast<std::int64_t>(i));
      one.correlations_ = sums[i];
    }
    return all;
  }
};

bool fits_batch(Requirements requirements) {
  const Requirements all{Need::activation_correlations, Need::gradient_correlations, Need::logits};
  return all.covers(requirements);
}

std::vector<Observation> observe_batch(const Observation::Inputs& inputs,
                                       std::span<const Network> networks,
                                       Requirements requirements) {
  return BatchMeasurement::run(inputs, networks, requirements);
}

}  // namespace wrcor
