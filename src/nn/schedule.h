#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Where the tensors that a backward sweep needs come from.
enum class Activations {
  kept,  ///< all of the forward pass
  /// The forward pass keeps only the tensors between the blocks. Every sweep computes the rest
  /// again, one block at a time. Slower, in less memory, and the same to the last bit.
  recomputed,
};

/// What the gradient at a layer's inputs is computed from, besides the gradient at its output.
struct Reads {
  bool inputs = false;
  bool output = false;
  bool statistics = false;  ///< of a batch norm
};

/// The tensors of one layer that observers receive.
struct Interest {
  bool output = false;
  bool variance = false;         ///< of each channel, as a batch norm in minibatch mode sees it
  bool input_gradient = false;   ///< at the layer's first input, through this layer alone
  bool output_gradient = false;  ///< at the layer's output, from all its readers
  bool weight_gradient = false;  ///< of a convolution's or linear layer's weight

  Interest& operator|=(const Interest& other);
};

/// The abilities of the operator of a layer.
struct LayerAbilities {
  Reads reads;
  bool fuses_relu = false;
  bool defers_scale = false;
  bool applies_scales = false;
};

/// A backward sweep that is to be planned.
struct SweepRequest {
  int from = 0;                     ///< layer at whose output the sweep's gradient is given
  std::vector<Interest> interests;  ///< by layer
};

/// Decides, before anything runs, what the forward pass of a network keeps, fuses, frees and
/// computes again for the backward sweeps to come, and which gradients each sweep needs.
class Schedule {
 public:
  struct LayerPlan {
    int last_reader = -1;          ///< -1: nothing reads the output
    std::size_t segment = 0;       ///< the segment that the layer belongs to
    bool keep_output = false;      ///< a sweep reads it
    bool keep_relu_mask = false;   ///< a sweep reads which values a ReLU passes of the output
    bool keep_statistics = false;  ///< a sweep reads those of this batch norm
    bool checkpoint = false;       ///< another segment reads the output
    bool fused = false;            ///< this ReLU is computed by its reader, which alone reads it
    bool deferred = false;         ///< this batch norm's scale is applied by its readers
  };

  /// Layers whose outputs exist together during the sweeps, [begin, end).
  struct Segment {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  /// Which gradients of a layer a sweep needs.
  struct Gradients {
    bool inputs = false;  ///< at one of the inputs, at least
    bool shown = false;   ///< an observer reads the one at the first input
    bool output = false;
    bool weight = false;
  };

  /// @param abilities  by layer
  /// @param watched  by layer, what is read while the forward pass runs
  Schedule(const NetworkPlan& plan, std::span<const LayerAbilities> abilities,
           std::span<const Interest> watched, std::span<const SweepRequest> sweeps,
           Activations activations);

  const LayerPlan& layer(std::size_t i) const { return layers_[i]; }
  const std::vector<Segment>& segments() const { return segments_; }
  /// The segment that the forward pass leaves behind, or nothing where all are computed again.
  std::optional<std::size_t> kept_segment() const { return kept_segment_; }
  const Gradients& gradients(std::size_t sweep, std::size_t layer) const {
    return sweeps_[sweep].gradients[layer];
  }
  /// Whether an observer asked for a tensor that the sweep computes.
  bool wanted(std::size_t sweep) const { return sweeps_[sweep].wanted; }

  /// Whether the output of a layer stays after its last reader.
  /// @param loaded  the segment whose tensors exist
  bool keeps_output(std::size_t layer, std::optional<std::size_t> loaded) const;
  bool keeps_relu_mask(std::size_t layer, std::optional<std::size_t> loaded) const;
  bool keeps_statistics(std::size_t layer, std::optional<std::size_t> loaded) const;

 private:
  struct Sweep {
    int from = 0;
    std::vector<Gradients> gradients;  ///< by layer
    bool wanted = false;
  };

  void divide(Activations activations);
  void find_last_readers();
  void find_fusions(std::span<const LayerAbilities> abilities, std::span<const Interest> watched,
                    std::span<const SweepRequest> sweeps);
  Sweep reach_of(const SweepRequest& request) const;
  void keep_for(const Sweep& sweep, std::span<const LayerAbilities> abilities);
  void keep(int layer, bool LayerPlan::*what, std::size_t reader);
  void find_deferred(std::span<const LayerAbilities> abilities, std::span<const Interest> watched);

  const NetworkPlan& plan_;
  std::vector<LayerPlan> layers_;
  std::vector<Segment> segments_;
  std::optional<std::size_t> kept_segment_;
  std::vector<Sweep> sweeps_;
};

/// The layer whose output a weight gradient is computed from: where the input comes from a ReLU,
/// what the ReLU reads, which is kept anyway.
int weight_gradient_source(const NetworkPlan& plan, const Layer& layer);

/// By layer: the last layer that reads its output, or -1.
std::vector<int> last_readers(const NetworkPlan& plan);

}  // namespace wrcor
