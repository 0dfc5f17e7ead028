#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "wrcor/nn/batch_norm.h"
#include "wrcor/nn/network.h"

namespace wrcor {

/// What batch-norm layers do during a pass.
enum class NormMode {
  minibatch,  ///< normalise with the minibatch's own statistics, as in training
  off,        ///< hand their input on
  initial,    ///< evaluation mode with fresh running statistics: mean 0, variance 1
};

/// Where the tensors come from that a backward sweep needs.
enum class Activations {
  kept,  ///< all of the forward pass
  /// Of the forward pass, what lies between the blocks; the rest is computed again, one block at a
  /// time, by every sweep. Slower, in less memory, and the same to the last bit.
  recomputed,
};

/// Is shown tensors while a pass runs, so that none has to be kept. A shown tensor is never written
/// to afterwards and may be kept by the observer.
class PassObserver {
 public:
  /// What an observer wants to see of one layer.
  struct Interest {
    bool output = false;
    bool variance = false;         ///< of each channel, as a batch norm in minibatch mode sees it
    bool input_gradient = false;   ///< at the layer's input, through this layer alone
    bool output_gradient = false;  ///< at the layer's output, from all its readers
    bool weight_gradient = false;  ///< of a convolution's or linear layer's weight
  };

  virtual ~PassObserver() = default;
  virtual Interest interest(int layer) const = 0;

  virtual void output(int /*layer*/, const at::Tensor& /*output*/) {}
  /// @param variance  [C], biased
  virtual void variance(int /*layer*/, const at::Tensor& /*variance*/) {}
  // A gradient that is zero because nothing behind it reaches the start of the sweep is not shown.
  virtual void input_gradient(int /*layer*/, const at::Tensor& /*gradient*/) {}
  virtual void output_gradient(int /*layer*/, const at::Tensor& /*gradient*/) {}
  virtual void weight_gradient(int /*layer*/, const at::Tensor& /*gradient*/) {}
};

/// A backward sweep over the tensors of a forward pass.
struct Sweep {
  int from = 0;  ///< layer at whose output the sweep's gradient is given
  std::vector<PassObserver*> observers;
};

/// One forward pass and the backward sweeps over it.
///
/// The sweeps are written out instead of recorded by autograd: every gradient passes by once, is
/// shown to the observers and dropped; nothing is computed that no observer asks for.
class Pass {
 public:
  /// @param watching  observers of outputs
  /// @param sweeps  all that may be run; decides which tensors the forward pass keeps
  /// All of them outlive the pass.
  Pass(const Network& network, NormMode norms, std::vector<PassObserver*> watching,
       std::vector<Sweep> sweeps, Activations activations = Activations::kept);

  /// Before forward(): multiplies the output of every block by the power of two that brings its
  /// largest magnitude near 1, so that values stay in range at any depth. For networks in which a
  /// factor at a block's output is a factor of all that follows, as without batch norm: logits and
  /// gradients are those of the network, times 2^-exponent().
  void rescale_blocks();
  /// Sum of the exponents, once forward() is through.
  int exponent() const { return exponent_; }

  /// Runs the network. Once.
  /// @param images  [N, 3, H, W] of the weights' floating type and device
  /// @return logits [N, classes]
  at::Tensor forward(const at::Tensor& images);

  /// Output of a layer that a sweep starts from, kept by forward().
  const at::Tensor& output(int layer) const;

  /// Whether anyone asked for something that the sweep passes.
  bool wanted(std::size_t sweep) const { return reach_[sweep].any; }

  /// Runs a sweep, any number of times.
  /// @param gradient  of the derived quantity at the output of the layer `from`
  /// @param last  frees every tensor after its last use; nothing can be run afterwards
  void backward(std::size_t sweep, const at::Tensor& gradient, bool last);

 private:
  /// Which gradients a sweep has to compute.
  struct Reach {
    std::vector<char> input;   ///< by layer: the gradient at its input
    std::vector<char> output;  ///< by layer: the gradient at its output
    bool any = false;
  };

  /// A sum of gradients.
  struct Gradient {
    at::Tensor value;
    bool own = false;  ///< nobody else has the tensor
    void add(const at::Tensor& part);
  };

  Reach reach_of(const Sweep& sweep) const;
  /// Layers whose outputs are there for the sweeps together, [begin, end).
  struct Segment {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void divide(Activations activations);
  void find_taken_along();
  void find_sums();
  void keep_for(const Sweep& sweep, const Reach& reach);
  void keep_for_reader(std::vector<char>& keep, int layer, std::size_t reader);
  bool keeps_output(std::size_t i) const;
  const at::Tensor& mask_of(int layer);
  void load_segment(std::size_t number);
  at::Tensor run_layer(std::size_t i);
  at::Tensor rescaled(std::size_t i, at::Tensor output);
  at::Tensor run_norm(std::size_t i, const at::Tensor& input);
  at::Tensor run_sum(std::size_t i) const;
  void show(std::size_t i);
  void release_after(std::size_t i);
  void step_back(const Sweep& sweep, const Reach& reach, std::size_t i,
                 std::vector<Gradient>& gradients);
  /// Gradient at the layer's input (at each input of a sum); undefined where none passes.
  at::Tensor input_gradient(std::size_t i, const at::Tensor& gradient) const;
  /// Of a convolution: gradients at its input and of its weight, those that are wanted.
  std::pair<at::Tensor, at::Tensor> convolution_gradients(std::size_t i, const at::Tensor& gradient,
                                                          bool of_input, bool of_weight);

  const Network& network_;
  const NetworkPlan& plan_;
  NormMode norms_;
  std::vector<PassObserver*> watching_;
  std::vector<Sweep> sweeps_;
  std::vector<Reach> reach_;      ///< by sweep
  std::vector<int> last_reader_;  ///< by layer; -1: nothing reads its output
  std::vector<char> keep_;        ///< by layer: a sweep needs its output
  /// By layer: a sweep needs to know what a ReLU passes of its output.
  std::vector<char> keep_mask_;
  std::vector<char> keep_norm_;   ///< by layer: a sweep needs its statistics
  std::vector<char> checkpoint_;  ///< by layer: another segment needs its output
  /// By layer: this ReLU is computed by its convolution, which alone sees its output.
  std::vector<char> taken_along_;
  std::vector<char> only_summed_;  ///< by layer: this batch norm is seen by sums alone
  /// By layer: what the sums have still to do to this batch norm's input, which stands for its
  /// output.
  std::vector<ChannelScale> scales_;
  std::vector<Segment> segments_;
  std::vector<std::size_t> segment_of_;  ///< by layer
  std::optional<std::size_t> loaded_;    ///< the segment that holds what sweeps need
  std::vector<at::Tensor> outputs_;
  std::vector<at::Tensor> masks_;  ///< by layer: of its output, for ReLUs that are taken along
  std::vector<BatchNormState> norm_states_;
  /// By layer, where blocks are rescaled: factor of the output; 0: not known yet.
  std::vector<double> block_factors_;
  int exponent_ = 0;
};

/// The mean softmax cross-entropy (natural logarithm) over a minibatch.
struct Loss {
  double value = 0;
  at::Tensor gradient;  ///< at the logits
};

/// @param logits  [N, classes]
/// @param labels  [N] int64 in [0, classes)
Loss cross_entropy(const at::Tensor& logits, const at::Tensor& labels);

/// The gradient at the logits alone, which does not wait for the device. Also of several networks'
/// losses over the same minibatch at once.
/// @param logits  [N, ..., classes]
/// @param labels  [N, ...], as many dimensions as the logits have before the last
at::Tensor cross_entropy_gradient(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace wrcor
