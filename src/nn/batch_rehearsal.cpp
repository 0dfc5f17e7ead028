#include <algorithm>
#include <memory>

#include "nn/batch_pass.h"
#include "nn/operator.h"

namespace wrcor {

/// Runs the steps of a pass as BatchPass does, with ghosts instead of tensors.
class BatchRehearsal {
 public:
  BatchRehearsal(const BatchPass& pass, std::int64_t samples, std::int64_t number_bytes)
      : pass_(pass),
        samples_(samples),
        number_bytes_(number_bytes),
        outputs_(pass.steps_.size()),
        inputs_(pass.steps_.size()),
        norms_(pass.steps_.size()) {}

  std::int64_t run() {
    for (std::size_t s = 0; s < outputs_.size(); ++s) forward(s);
    for (std::size_t i = 0; i < pass_.routes_.size(); ++i) {
      std::vector<Ghost> gradients(pass_.routes_[i].tensors());
      for (std::size_t s = outputs_.size(); s-- > 0;) {
        if (!pass_.routes_[i].step(s).members.empty()) backward(i, s, gradients);
        if (i + 1 < pass_.routes_.size()) continue;
        outputs_[s] = norms_[s] = {};
        inputs_[s].clear();
      }
    }
    return ledger_.most();
  }

 private:
  /// Bytes held now, and the most so far.
  class Ledger {
   public:
    void take(std::int64_t bytes) {
      held_ += bytes;
      most_ = std::max(most_, held_);
    }
    void give_back(std::int64_t bytes) { held_ -= bytes; }
    std::int64_t most() const { return most_; }

   private:
    std::int64_t held_ = 0;
    std::int64_t most_ = 0;
  };

  /// A tensor without its values. Copies share its memory.
  class Ghost {
   public:
    Ghost() = default;
    Ghost(Ledger& ledger, std::int64_t bytes) : bytes_(bytes) {
      ledger.take(bytes);
      memory_ =
          std::shared_ptr<void>(nullptr, [&ledger, bytes](void*) { ledger.give_back(bytes); });
    }
    std::int64_t bytes() const { return bytes_; }

   private:
    std::shared_ptr<void> memory_;
    std::int64_t bytes_ = 0;
  };

  /// Of one member's feature maps.
  std::int64_t bytes_of(const FeatureShape& shape) const {
    return samples_ * number_bytes_ * shape.channels * shape.height * shape.width;
  }
  std::int64_t bytes_of(const FeatureShape& shape, std::size_t members) const {
    return bytes_of(shape) * static_cast<std::int64_t>(members);
  }
  Ghost made(std::int64_t bytes) { return {ledger_, bytes}; }

  const FeatureShape& input_shape(std::size_t s, std::size_t k) const {
    const NetworkBatch::Step& step = pass_.steps_[s];
    return pass_.batch_.layer({step.members.front().network, step.layer.inputs[k]}).out;
  }

  template <typename GhostOf>
  Ghost summed(const MemberSum& sum, std::int64_t member, const GhostOf& ghost_of) {
    Ghost all = ghost_of(sum.sources().front());
    if (sum.sources().size() > 1) {
      std::int64_t bytes = 0;
      for (const std::size_t source : sum.sources()) bytes += ghost_of(source).bytes();
      all = made(bytes);
    }
    const std::vector<std::int64_t> sizes = sum.selected_members();
    Ghost total = sizes.front() > 0 ? made(sizes.front() * member) : all;
    for (std::size_t k = 1; k < sizes.size(); ++k) {
      const Ghost part = made(sizes[k] * member);
      if (k == 1 && sizes.front() == 0) total = made(all.bytes());
    }
    return total;
  }

  void deliver(const BatchPass::Deliveries& deliveries, std::int64_t member) {
    for (const auto& to : deliveries) {
      const std::int64_t bytes = member * static_cast<std::int64_t>(to.members.size());
      const Ghost selected = to.positions.defined() ? made(bytes) : Ghost();
      const auto [work, kept] = to.observer->footprint(to.members, bytes);
      ledger_.take(work);
      ledger_.give_back(work - kept);
    }
  }

  void forward(std::size_t s) {
    const NetworkBatch::Step& step = pass_.steps_[s];
    const BatchPass::Keeps& keeps = pass_.keeps_[s];
    std::vector<Ghost> inputs;
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      inputs.push_back(summed(step.inputs[k], bytes_of(input_shape(s, k)),
                              [this](std::size_t source) { return outputs_[source]; }));
    }
    const bool is_norm = step.layer.kind == LayerKind::batch_norm;
    outputs_[s] = is_view(step.layer) ? (inputs.empty() ? Ghost() : inputs.front())
                                      : made(bytes_of(step.layer.out, step.members.size()));
    if (is_norm && keeps.statistics) norms_[s] = inputs.front();
    if (keeps.inputs) inputs_[s] = std::move(inputs);
    inputs.clear();
    deliver(pass_.outputs_[s], bytes_of(step.layer.out));
    for (const MemberSum& input : step.inputs) {
      for (const std::size_t source : input.sources()) {
        if (pass_.last_reader_[source] == s && !pass_.keeps_[source].output) outputs_[source] = {};
      }
    }
    if (pass_.last_reader_[s] == 0 && !keeps.output) outputs_[s] = {};
  }

  /// Whether the output takes no memory of its own.
  bool is_view(const Layer& layer) const {
    const bool no_norm = layer.kind == LayerKind::batch_norm && pass_.norms_ == NormMode::off;
    return no_norm || layer.kind == LayerKind::input || layer.kind == LayerKind::sum ||
           layer.kind == LayerKind::narrow;
  }

  void backward(std::size_t sweep, std::size_t s, std::vector<Ghost>& gradients) {
    const BatchRoute& route = pass_.routes_[sweep];
    const BatchRoute::Step& way = route.step(s);
    const NetworkBatch::Step& step = pass_.steps_[s];
    const std::size_t members = way.members.size();
    const std::int64_t member = bytes_of(step.layer.out);
    const auto some_of = [&](const Ghost& ghost, std::int64_t bytes) {
      return way.positions.defined() ? made(bytes * static_cast<std::int64_t>(members)) : ghost;
    };
    const Ghost gradient =
        summed(way.gradient, member, [&](std::size_t tensor) { return gradients[tensor]; });
    for (const std::size_t tensor : way.last_read) gradients[tensor] = {};
    deliver(pass_.of_sweeps_[sweep].output_gradients[s], member);
    std::vector<Ghost> read;
    if (way.weights) {
      const std::int64_t weight = step.weights.weight.numel() * number_bytes_;
      read.push_back(some_of(inputs_[s].front(), bytes_of(input_shape(s, 0))));
      const Ghost result = made(weight * static_cast<std::int64_t>(members));
      deliver(pass_.of_sweeps_[sweep].weight_gradients[s], weight);
      read.clear();
    }
    if (std::ranges::none_of(way.inputs, [](char is) { return is != 0; })) return;
    for (std::size_t k = 0; k < inputs_[s].size(); ++k)
      read.push_back(some_of(inputs_[s][k], bytes_of(input_shape(s, k))));
    if (operator_of(step.layer.kind).reads().output) read.push_back(some_of(outputs_[s], member));
    if (operator_of(step.layer.kind).reads().statistics) read.push_back(some_of(norms_[s], member));
    for (std::size_t k = 0; k < way.inputs.size(); ++k) {
      if (way.inputs[k] == 0) continue;
      const std::int64_t at_input = bytes_of(input_shape(s, k), members);
      const bool passes_on = step.layer.kind != LayerKind::narrow && is_view(step.layer);
      const Ghost result = passes_on ? gradient : made(at_input);
      if (k == 0) deliver(pass_.of_sweeps_[sweep].input_gradients[s], bytes_of(input_shape(s, k)));
      if (route.is_read(route.at_input(s, k))) gradients[route.at_input(s, k)] = result;
    }
  }

  const BatchPass& pass_;
  std::int64_t samples_, number_bytes_;
  Ledger ledger_;
  std::vector<Ghost> outputs_;              ///< by step
  std::vector<std::vector<Ghost>> inputs_;  ///< by step and input
  std::vector<Ghost> norms_;                ///< by step
};

std::int64_t BatchPass::peak_bytes(std::int64_t samples, std::int64_t number_bytes) const {
  return BatchRehearsal(*this, samples, number_bytes).run();
}

}  // namespace wrcor
