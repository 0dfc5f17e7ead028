#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <ATen/ATen.h>

#include "nn/batch_norm.h"
#include "nn/network.h"
#include "nn/schedule.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// A layer as a forward pass computes it.
struct ForwardStep {
  const Layer& layer;
  const Network::LayerWeights& weights;
  std::span<const at::Tensor> inputs;  ///< [N, C, H, W] each
  NormMode norms = NormMode::minibatch;
  /// Of an operator that fuses_relu(): the input passes a ReLU first.
  bool fused_relu = false;
  /// Of an operator that applies_scales(): the batch norms to apply to the inputs, or none at all.
  std::span<const ChannelScale> scales{};
  BatchNormState* statistics = nullptr;  ///< set by a batch norm
  /// Of a batch norm whose readers all apply scales: may be set, and the input returned instead.
  ChannelScale* deferred = nullptr;
};

/// A layer as a backward sweep computes it.
struct BackwardStep {
  const Layer& layer;
  const Network::LayerWeights& weights;
  const at::Tensor& gradient;            ///< at the output
  std::span<const FeatureShape> shapes;  ///< of the inputs
  std::span<const at::Tensor> inputs{};  ///< defined where Reads says so, and for weight gradients
  at::Tensor output{};                   ///< defined where Reads says so
  NormMode norms = NormMode::minibatch;
  const BatchNormState* statistics = nullptr;  ///< of a batch norm in minibatch mode
  at::Tensor relu_mask{};                      ///< where a ReLU is fused: relu_mask() of its input
};

/// A layer in a TorchScript module.
struct TorchScript {
  std::string expression;
  // Where the layer has tensors, the expression is the value of the method forward(self, <input>)
  // of a module for it:
  std::string module_class{};       ///< its name in torch.nn
  std::string statements_before{};  ///< indented by two, a line each
};

/// What a layer does to each value by itself.
enum class Nonlinearity {
  none,
  rectifier,  ///< lets positive values pass, and little of negative ones
  gate,       ///< gives a factor for other values
};

/// The computation of layers of one kind. Constant, without state, safe to use from several
/// threads. The tensors that it receives are never written to.
class Operator {
 public:
  virtual ~Operator() = default;

  /// A new tensor, or the input itself where nothing changes. Autograd can differentiate it.
  virtual at::Tensor forward(const ForwardStep& step) const = 0;

  /// What input_gradient() reads besides gradient and weights.
  virtual Reads reads() const { return {}; }
  /// Whether a gradient at the output can reach the inputs.
  virtual bool passes_gradient() const { return true; }
  /// The gradient at an input, of its shape; only where passes_gradient().
  virtual at::Tensor input_gradient(const BackwardStep& step, std::size_t input) const = 0;
  /// The gradient of the weight; reads the input. @throws std::logic_error for kinds without one.
  virtual at::Tensor weight_gradient(const BackwardStep& step) const;

  /// Rates of change, for second derivatives in one direction. The defaults below are for an
  /// operator that is linear in its inputs, except for a bias. Batch norms are in minibatch mode.
  /// @param step  with all inputs, and for a batch norm the statistics
  /// @param rates  of the inputs, of their shapes
  /// @return the rate of the output
  virtual at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const;
  /// @param step  with all inputs, the output and the statistics
  /// @param gradient_rate  of the gradient at the output
  /// @return the rate of the gradient at an input
  virtual at::Tensor input_gradient_rate(const BackwardStep& step, const at::Tensor& gradient_rate,
                                         std::span<const at::Tensor> rates,
                                         std::size_t input) const;

  /// Whether forward() and input_gradient() can compute a ReLU in front of the input together with
  /// the layer, with the same bits.
  virtual bool fuses_relu(const Layer&, const Network::LayerWeights&) const { return false; }
  /// Whether the layer can leave its scale and shift to its readers.
  virtual bool defers_scale(NormMode) const { return false; }
  /// Whether the layer can apply what its inputs deferred, with the same bits.
  virtual bool applies_scales() const { return false; }
  virtual Nonlinearity nonlinearity() const { return Nonlinearity::none; }
  /// Whether the output grows in proportion to the inputs, except for biases and batch norms.
  virtual bool is_homogeneous() const { return true; }
  /// Whether images do not affect each other's outputs.
  virtual bool per_image() const { return true; }

  /// @param inputs  expressions of the inputs; `x` in a module
  virtual TorchScript torchscript(const Layer& layer,
                                  std::span<const std::string> inputs) const = 0;
};

/// @throws std::logic_error for LayerKind::input, which computes nothing.
const Operator& operator_of(LayerKind kind);

}  // namespace wrcor
